"""What the demonstration's people write: for each prompt and language some sentences that answer it."""

from __future__ import annotations

from collections.abc import Mapping

COMMENTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "en": {
        "direction": (
            "On tenders where the buyer has already made up their mind.",
            "Small accounts get as many visits as the large ones, out of habit.",
            "We still chase companies that only want a price to compare with.",
            "On customers outside our segment, because they happen to call.",
        ),
        "insight": (
            "How fast our service people are on site; we never put a number on it.",
            "That we know their industry. In the proposal it looks like any other offer.",
            "What downtime costs them. We talk about features instead.",
            "Our reference customers. Nobody can find the stories when we need them.",
        ),
        "opportunities": (
            "Two hours a week without meetings, to call new customers.",
            "Leads that come with a contact person and a need.",
            "A list of lookalikes of our ten best customers.",
            "Going to the trade fairs where our buyers are, not our competitors.",
        ),
        "winning": (
            "Between demo and proposal: we wait for figures from product management.",
            "Late, when purchasing comes in and we only have discounts to offer.",
            "Right after the first meeting, since we rarely agree on the next step.",
            "In legal. A standard contract takes three weeks.",
        ),
        "growth": (
            "Mid-sized customers who bought once and never heard from us again.",
            "Those whose contact person has changed; we notice it a year later.",
            "The service contracts. Nobody owns the renewal.",
            "Customers in the north, since we lost our colleague there.",
        ),
        "leadership": (
            "More joint customer visits, fewer forecast calls.",
            "Less detail about activities, more help with the three hardest deals.",
            "More of the weekly deal review, it helps a lot.",
            "Decide faster on prices, so that we can answer the same day.",
        ),
        "skills": (
            "Negotiating with professional buyers.",
            "Asking better questions early, before I present anything.",
            "Building a business case that a finance director accepts.",
            "Using the new tools well; I only know a tenth of them.",
        ),
        "goals": (
            "Good colleagues raise it. Targets that change in March lower it.",
            "Winning as a team. The bonus rewards only the one who signs.",
            "Recognition for keeping customers, not just for new ones, would raise it.",
            "Seeing my own progress each week keeps me going.",
        ),
        "collaboration": (
            "Entering the same customer data in three systems.",
            "Waiting for delivery to confirm a date.",
            "Finding the right price list takes longer than writing the offer.",
            "Marketing and sales count leads differently, so we discuss numbers.",
        ),
    },
    "sv": {
        "direction": (
            "På upphandlingar där köparen redan har bestämt sig.",
            "Vi besöker små kunder lika ofta som stora, av gammal vana.",
            "På dem som bara vill ha ett pris att jämföra med.",
            "På företag utanför vårt segment, för att de råkar ringa.",
        ),
        "insight": (
            "Hur snabbt vår service är på plats; vi visar det aldrig i siffror.",
            "Att vi kan deras bransch. I offerten märks det inte.",
            "Vad ett driftstopp kostar dem. Vi pratar funktioner i stället.",
            "Våra referenser, men ingen hittar dem när de behövs.",
        ),
        "opportunities": (
            "Två möteslösa timmar i veckan för att ringa nya kunder.",
            "Leads som kommer med en kontaktperson och ett behov.",
            "En lista på företag som liknar våra tio bästa kunder.",
            "Hjälp från marknad med inbjudningar till våra frukostmöten.",
        ),
        "winning": (
            "Mellan demo och offert, när vi väntar på uppgifter från produktsidan.",
            "Sent, när inköp kommer in och vi bara har rabatt att erbjuda.",
            "Direkt efter första mötet; vi kommer sällan överens om nästa steg.",
            "Hos juristerna. Ett standardavtal tar tre veckor.",
        ),
        "growth": (
            "De medelstora kunderna som köpte en gång och sedan inte hört av oss.",
            "De som har bytt kontaktperson. Vi märker det först ett år senare.",
            "Serviceavtalen, ingen äger förnyelsen.",
            "Kunderna i norr, sedan vår kollega där slutade.",
        ),
        "leadership": (
            "Fler gemensamma kundbesök, färre prognosmöten.",
            "Mindre detaljer om aktiviteter, mer hjälp med de svåraste affärerna.",
            "Mer av fredagens affärsgenomgång, den hjälper.",
            "Snabbare besked om pris så att vi kan svara samma dag.",
        ),
        "skills": (
            "Att förhandla med professionella inköpare.",
            "Att ställa bättre frågor tidigt, innan jag visar något.",
            "Att räkna hem affären så att ekonomichefen håller med.",
            "Att använda de nya verktygen ordentligt.",
        ),
        "goals": (
            "Kollegorna höjer den. Mål som ändras i mars sänker den.",
            "Att vinna som lag. Bonusen belönar bara den som skriver på.",
            "Uppskattning för att behålla kunder skulle höja den.",
            "Att se mina egna framsteg varje vecka.",
        ),
        "collaboration": (
            "Att lägga in samma kunduppgifter i tre system.",
            "Att vänta på att leveransen bekräftar ett datum.",
            "Att hitta rätt prislista tar längre tid än att skriva offerten.",
            "Marknad och sälj räknar leads olika, så vi diskuterar siffror.",
        ),
    },
    "nb": {
        "direction": (
            "På anbud der kjøperen allerede har bestemt seg.",
            "Små kunder får like mange besøk som store, av gammel vane.",
            "På dem som bare vil ha en pris å sammenligne med.",
            "På bedrifter utenfor segmentet vårt, fordi de tilfeldigvis ringer.",
        ),
        "insight": (
            "Hvor raskt servicefolkene våre er på plass; vi viser det aldri med tall.",
            "At vi kan bransjen deres. I tilbudet ser vi ut som alle andre.",
            "Hva nedetid koster dem. Vi snakker om funksjoner i stedet.",
            "Referansekundene våre, som ingen finner når vi trenger dem.",
        ),
        "opportunities": (
            "To møtefrie timer i uken til å ringe nye kunder.",
            "Leads som kommer med en kontaktperson og et behov.",
            "En liste over bedrifter som ligner på våre ti beste kunder.",
            "Å være på messene der kjøperne er, ikke konkurrentene.",
        ),
        "winning": (
            "Mellom demo og tilbud, mens vi venter på tall fra produkt.",
            "Sent, når innkjøp kommer inn og vi bare har rabatt å by på.",
            "Rett etter første møte; vi blir sjelden enige om neste skritt.",
            "Hos juristene. En standardkontrakt tar tre uker.",
        ),
        "growth": (
            "Mellomstore kunder som kjøpte én gang og aldri hørte fra oss igjen.",
            "De som har fått ny kontaktperson. Vi oppdager det et år senere.",
            "Serviceavtalene, ingen eier fornyelsen.",
            "Kundene i nord, etter at kollegaen vår der sluttet.",
        ),
        "leadership": (
            "Flere kundebesøk sammen, færre prognosemøter.",
            "Mindre detaljer om aktiviteter, mer hjelp med de vanskeligste salgene.",
            "Mer av den ukentlige gjennomgangen, den hjelper.",
            "Raskere svar om pris, så vi kan svare samme dag.",
        ),
        "skills": (
            "Å forhandle med profesjonelle innkjøpere.",
            "Å stille bedre spørsmål tidlig, før jeg viser noe.",
            "Å regne på gevinsten slik at økonomidirektøren blir med.",
            "Å bruke de nye verktøyene ordentlig.",
        ),
        "goals": (
            "Kollegene hever den. Mål som endres i mars, senker den.",
            "Å vinne som lag. Bonusen belønner bare den som signerer.",
            "Anerkjennelse for å beholde kunder ville hevet den.",
            "Å se min egen fremgang hver uke.",
        ),
        "collaboration": (
            "Å legge inn de samme kundedataene i tre systemer.",
            "Å vente på at leveranse bekrefter en dato.",
            "Å finne riktig prisliste tar lengre tid enn å skrive tilbudet.",
            "Marked og salg teller leads ulikt, så vi diskuterer tall.",
        ),
    },
    "zh-Hans": {
        "direction": (
            "花在已经内定了供应商的招标项目上。",
            "小客户和大客户拜访得一样多，只是出于习惯。",
            "花在只想拿我们的报价去比价的客户上。",
            "花在目标行业以外、只是碰巧来电的公司上。",
        ),
        "insight": (
            "我们的服务人员到场很快，但从来没有用数字说明过。",
            "我们懂他们的行业，可方案里看不出来。",
            "停机给他们带来的损失，我们却只讲功能。",
            "我们的成功案例，需要的时候谁也找不到。",
        ),
        "opportunities": (
            "每周有两个小时不开会，专门联系新客户。",
            "线索里要有联系人和需求。",
            "一份和我们前十大客户相似的企业名单。",
            "去客户会去的展会，而不是同行会去的展会。",
        ),
        "winning": (
            "卡在演示和报价之间，我们要等产品部门的数据。",
            "卡在后期，采购介入后我们只能让价。",
            "第一次见面之后，因为很少约定下一步。",
            "卡在法务，一份标准合同要三个星期。",
        ),
        "growth": (
            "买过一次就再也没有联系过的中型客户。",
            "换了联系人的客户，我们常常一年后才知道。",
            "服务合同到期的客户，续约没有人负责。",
            "原来由离职同事负责的客户。",
        ),
        "leadership": (
            "多一起拜访客户，少开预测会。",
            "少问活动细节，多帮我们解决最难的几个单子。",
            "每周的项目讨论很有帮助，希望更多。",
            "价格审批快一些，当天就能答复客户。",
        ),
        "skills": (
            "和专业采购谈判的能力。",
            "在介绍产品之前先问出好问题。",
            "做一份财务总监认可的收益测算。",
            "把新工具真正用好。",
        ),
        "goals": (
            "同事之间的支持让我有动力，年中改指标让人泄气。",
            "奖金只看签单的人，团队合作得不到回报。",
            "如果维护老客户也能得到认可，动力会更大。",
            "每周能看到自己的进步很重要。",
        ),
        "collaboration": (
            "同一份客户资料要在三个系统里录入。",
            "等交付部门确认日期。",
            "找到正确的价目表比写报价单还费时间。",
            "市场部和销售部对线索的统计口径不一样。",
        ),
    },
    "sw": {
        "direction": (
            "Kwenye zabuni ambazo mnunuzi tayari ameshaamua.",
            "Wateja wadogo tunawatembelea sawa na wakubwa, kwa mazoea tu.",
            "Kwa wanaotaka bei yetu ili walinganishe tu.",
            "Kwa kampuni zilizo nje ya soko letu, kwa sababu tu wamepiga simu.",
        ),
        "insight": (
            "Jinsi mafundi wetu wanavyofika haraka; hatujawahi kuonyesha kwa takwimu.",
            "Kwamba tunaijua sekta yao. Kwenye pendekezo haionekani.",
            "Gharama ya mitambo yao kusimama. Sisi tunazungumzia vipengele tu.",
            "Mifano ya wateja wetu walioridhika; hakuna anayeipata inapohitajika.",
        ),
        "opportunities": (
            "Saa mbili kwa wiki bila mikutano, za kuwapigia wateja wapya.",
            "Taarifa za wateja watarajiwa zenye mtu wa kuwasiliana naye na hitaji.",
            "Orodha ya kampuni zinazofanana na wateja wetu kumi bora.",
            "Kwenda kwenye maonyesho wanayokwenda wanunuzi wetu.",
        ),
        "winning": (
            "Kati ya onyesho na pendekezo, tunaposubiri takwimu kutoka idara ya bidhaa.",
            "Mwishoni, idara ya ununuzi inapoingia na sisi tuna punguzo tu la kutoa.",
            "Baada ya mkutano wa kwanza, kwa kuwa hatukubaliani hatua inayofuata.",
            "Kwa wanasheria. Mkataba wa kawaida huchukua wiki tatu.",
        ),
        "growth": (
            "Wateja wa kati walionunua mara moja na hatukuwasiliana nao tena.",
            "Waliobadilisha mtu wa kuwasiliana naye; tunagundua mwaka mmoja baadaye.",
            "Mikataba ya huduma, hakuna anayesimamia kuihuisha.",
            "Wateja wa mwenzetu aliyeondoka.",
        ),
        "leadership": (
            "Ziara zaidi za pamoja kwa wateja, vikao vichache vya makadirio.",
            "Maswali machache kuhusu shughuli, msaada zaidi kwenye mauzo magumu.",
            "Mapitio ya mauzo ya kila wiki yaongezwe, yanasaidia sana.",
            "Uamuzi wa bei uwe wa haraka ili tujibu siku hiyo hiyo.",
        ),
        "skills": (
            "Kujadiliana na wanunuzi wenye uzoefu.",
            "Kuuliza maswali mazuri mapema kabla ya kuonyesha chochote.",
            "Kuandaa hesabu ya faida ambayo mkuu wa fedha ataikubali.",
            "Kutumia vizuri zana mpya.",
        ),
        "goals": (
            "Wenzangu wananipa ari. Malengo yanayobadilika katikati ya mwaka yanaishusha.",
            "Kushinda kama timu. Bonasi humpa aliyesaini peke yake.",
            "Kutambuliwa kwa kuwatunza wateja waliopo kungeniongezea ari.",
            "Kuona maendeleo yangu kila wiki.",
        ),
        "collaboration": (
            "Kuingiza taarifa zilezile za mteja kwenye mifumo mitatu.",
            "Kusubiri idara ya usambazaji ithibitishe tarehe.",
            "Kutafuta orodha sahihi ya bei huchukua muda kuliko kuandika ofa.",
            "Masoko na mauzo huhesabu wateja watarajiwa kwa njia tofauti.",
        ),
    },
}  # fmt: skip
"""Language to area to sentences; any two to one prompt can stand together."""
