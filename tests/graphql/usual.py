"""What a test usually asks back of the results of a mutation, and how its input is named."""

from __future__ import annotations

OWN = {
    "InvalidInput": "field",
    "Survey": "id title state scheduled",
    "ChangePlan": "id state confirmation undecidedCount counts { added moved rejected deactivated }",
    "Changed": "id",
    "Person": "id name email active units { name } manager { name } leads { name }",
    "Token": "token expiresAt viewer",
    "BallotReceipt": "code version",
    "BallotSaved": "state version stored { answers { key value } comments { key text } version }",
    "MailSent": "email",
    "PrintedCodes": "codes { personId code }",
    "Account": "id email state administrator seesEverything secondFactorActive units { name }",
    "AccountRemoved": "accountId",
    "AccessRules": "secondFactorOf",
    "HostedOrganization": "id name",
    "OwnAccountChanged": "token endedCount",
    "Enrollment": "seed uri",
    "RecoveryCodes": "codes token",
    "SignInSteps": "continuation needsCode places { number name }",
}
