"""Units in which amounts are printed for people. Files for programs keep USD bn and GW.

Everywhere inside, money is in USD bn and power in GW. A case says in `[display]` in which units people read them. Only
this module turns one into the other: whoever prints an amount says its unit as it is inside, such as "USD bn",
"reference GW", "GW-years" or "USD bn per GW and year", and gets the number and the words in the units of the case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from planner.basics.text import number

_MONEY = re.compile(r"USD bn")
_POWER = re.compile(r"(?<![A-Za-z])GW(?![A-Za-z])")
_NUMBER = re.compile(r"\d[\d,]*+(?:\.\d++)?+(?!\s?%)")
_AMOUNT = re.compile(
    r"(?P<numbers>(?:\d[\d,]*(?:\.\d+)? (?:to|of|against|and) [+−-]?)?\d[\d,]*(?:\.\d+)?) "
    r"(?P<unit>(?:USD bn|reference GW|GW)(?:-years)?(?: per (?:reference )?GW)?)(?![A-Za-z])"
)
_BETWEEN = re.compile(r"USD (\d[\d,]*(?:\.\d+)?) bn(?![A-Za-z])")
_PER_POWER = re.compile(r"per (?:reference )?GW(?![A-Za-z])")


class Power(StrEnum):
    """A unit of power."""

    GW = "GW"
    MW = "MW"


class Money(StrEnum):
    """A unit of money."""

    USD_BN = "USD bn"
    USD_M = "USD m"


@dataclass(frozen=True)
class Display:
    """The units in which amounts are printed."""

    power: Power = Power.GW
    money: Money = Money.USD_BN

    def thousands(self, unit: str) -> int:
        """How many times a thousand an amount of a unit is multiplied by.

        >>> Display(Power.MW, Money.USD_M).thousands("USD bn"), Display(Power.MW).thousands("USD bn per GW and year")
        (1, -1)
        >>> Display(Power.MW, Money.USD_M).thousands("USD bn per GW"), Display(Power.MW).thousands("reference GW-years")
        (0, 1)
        """
        per = bool(_PER_POWER.search(unit))
        money = self.money is Money.USD_M and bool(_MONEY.search(unit))
        power = self.power is Power.MW and bool(_POWER.search(unit))
        return money + (-power if per else power)

    def of(self, value: float, unit: str) -> float:
        """An amount in the unit in which it is printed."""
        shift = self.thousands(unit)
        return value if shift == 0 else value * 1e3**shift

    def words(self, text: str) -> str:
        """A text without amounts, such as a heading, with its units as they are printed.

        >>> Display(Power.MW, Money.USD_M).words("Halls, GW and cost [USD bn]")
        'Halls, MW and cost [USD m]'
        """
        return _POWER.sub(self.power, _MONEY.sub(self.money, text))

    def told(self, text: str) -> str:
        """A text in USD bn and GW in the units that are printed, where every amount has its unit right behind it.

        >>> Display(Power.MW, Money.USD_M).told("0.4 to 1.25 GW for 12.5 USD bn, USD 1.1 bn at 3 USD bn per GW [GW]")
        '400 to 1,250 MW for 12,500 USD m, USD 1,100 m at 3 USD m per MW [MW]'
        """
        if self == AS_IT_IS:
            return text
        text = _BETWEEN.sub(lambda found: f"USD {self._moved(found[1], 'USD bn')} {self.money[4:]}", text)
        return self.words(_AMOUNT.sub(lambda found: self._told(found["numbers"], found["unit"]), text))

    def moved(self, text: str, unit: str) -> str:
        """A text all of whose numbers are of one unit, with their digits in the unit that is printed.

        >>> Display(money=Money.USD_M).moved("between 1.2 and -0.0451", "USD bn"), Display().moved("1.2", "USD bn")
        ('between 1,200 and -45.1', '1.2')
        """
        return _NUMBER.sub(lambda found: self._moved(found[0], unit), text) if self.thousands(unit) else text

    def mixed(self, text: str, unit: str) -> str:
        """A text whose numbers are of one unit, but for those that have a unit of their own right behind them.

        >>> Display(money=Money.USD_M).mixed("1.2, serves 0.5 GW-years", "USD bn per GW-year")
        '1,200, serves 0.5 GW-years'
        >>> Display(Power.MW, Money.USD_M).mixed("1.2, serves 0.5 GW-years", "USD bn per GW-year")
        '1.2, serves 500 MW-years'
        """
        told, at = "", 0
        for found in _AMOUNT.finditer(text):
            told += self.moved(text[at : found.start()], unit) + self.told(found[0])
            at = found.end()
        return told + self.moved(text[at:], unit)

    def _told(self, numbers: str, unit: str) -> str:
        return f"{self.moved(numbers, unit)} {unit}"

    def _moved(self, text: str, unit: str) -> str:
        """The digits of a number in the unit that is printed."""
        return f"{Decimal(text.replace(',', '')).scaleb(3 * self.thousands(unit)):,f}"

    def number(self, value: float, unit: str) -> str:
        """The number alone, as `basics.text.number` writes it.

        >>> Display(Power.MW).number(0.0245, "GW"), Display().number(0.0245, "GW")
        ('24.5', '0.0245')
        """
        return number(self.of(value, unit))

    def fixed(self, value: float, unit: str, decimals: int = 3, sign: str = "") -> str:
        """The number alone, with as many digits as with `decimals` in the unit inside; `sign` is that of a format.

        >>> Display(Power.MW, Money.USD_M).fixed(57.5632, "USD bn"), Display().fixed(57.5632, "USD bn")
        ('57,563', '57.563')
        """
        left = max(0, decimals - 3 * self.thousands(unit))
        return f"{self.of(value, unit):{sign},.{left}f}"

    def plain(self, value: float, unit: str, decimals: int = 3, sign: str = "") -> str:
        """As `fixed`, without commas between thousands where it is printed in the unit inside.

        >>> Display().plain(1234.5, "USD bn"), Display(money=Money.USD_M).plain(1234.5, "USD bn")
        ('1234.500', '1,234,500')
        """
        return self.fixed(value, unit, decimals, sign) if self.thousands(unit) else f"{value:{sign}.{decimals}f}"

    def amount(self, value: float, unit: str) -> str:
        """The number with its unit.

        >>> Display(Power.MW).amount(0.4, "GW"), Display().amount(3.0, "")
        ('400 MW', '3')
        """
        return f"{self.number(value, unit)} {self.words(unit)}".rstrip()

    def price(self, value: float, unit: str) -> str:
        """The number alone of a price in USD bn for one of a unit.

        >>> Display(Power.MW, Money.USD_M).price(2.0, "GW"), Display(money=Money.USD_M).price(2.0, "GW")
        ('2', '2,000')
        """
        return number(value * 1e3 ** (self.thousands("USD bn") - self.thousands(unit)))

    def usd(self, value: float, decimals: int = 3, sign: str = "") -> str:
        """Money with its unit.

        >>> Display(money=Money.USD_M).usd(57.5632), Display().usd(57.5632)
        ('57,563 USD m', '57.563 USD bn')
        """
        return f"{self.fixed(value, 'USD bn', decimals, sign)} {self.money}"


AS_IT_IS = Display()
"""USD bn and GW"""
