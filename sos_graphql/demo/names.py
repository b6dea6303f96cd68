"""First and last names by language, from which the demonstration's people are drawn."""

from __future__ import annotations

from collections.abc import Mapping

NAMES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "sv": (
        (
            "Anna", "Erik", "Maria", "Lars", "Karin", "Johan", "Sara", "Anders", "Emma", "Per",
            "Elin", "Nils", "Ingrid", "Oskar", "Linnea", "Gustav", "Åsa", "Björn", "Hanna", "Viktor",
        ),
        (
            "Andersson", "Lindqvist", "Bergström", "Nyström", "Åkesson", "Holm", "Sjöberg", "Ek",
            "Forsberg", "Wallin", "Dahl", "Sandberg", "Öberg", "Lund", "Hedlund", "Norén",
        ),
    ),
    "nb": (
        (
            "Ingeborg", "Ola", "Kari", "Magnus", "Silje", "Henrik", "Astrid", "Sondre", "Ragnhild",
            "Espen", "Marte", "Øyvind", "Tuva", "Håkon", "Solveig", "Jonas",
        ),
        (
            "Hansen", "Bakke", "Solberg", "Haugen", "Moen", "Strand", "Lien", "Ødegård", "Myhre",
            "Eide", "Brekke", "Aasen", "Nygård", "Berge",
        ),
    ),
    "en": (
        (
            "Olivia", "James", "Amelia", "Thomas", "Grace", "Daniel", "Sophie", "Edward", "Chloe",
            "Aidan", "Priya", "Marcus", "Nadia", "Connor", "Ruth", "Samuel",
        ),
        (
            "Hughes", "Patel", "Okafor", "Walker", "Murphy", "Clarke", "Reid", "Shah", "Bennett",
            "Fraser", "Cole", "Whitfield", "Doyle", "Marsh",
        ),
    ),
    "zh-Hans": (
        ("伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "洋", "艳", "勇", "杰", "娟", "涛", "明", "超"),
        ("王", "李", "张", "刘", "陈", "杨", "黄", "赵", "周", "吴", "徐", "孙"),
    ),
    "sw": (
        (
            "Amani", "Neema", "Juma", "Zawadi", "Baraka", "Asha", "Hamisi", "Imani", "Rehema",
            "Salim", "Upendo", "Farida", "Daudi", "Subira",
        ),
        (
            "Mwangi", "Otieno", "Kamau", "Mushi", "Kimaro", "Achieng", "Njoroge", "Mrema", "Komba",
            "Wanjiru", "Lyimo", "Odhiambo",
        ),
    ),
}  # fmt: skip
FAMILY_NAME_FIRST = frozenset({"zh-Hans"})
