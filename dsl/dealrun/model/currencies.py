"""ISO 4217: the active currency codes and the digits of their minor units (amendment 176)."""

from typing import Final

_DIGITS: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE "
        "CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD "
        "HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP "
        "MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD "
        "SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS "
        "VED VES WST XCD XCG YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

MINOR_DIGITS: Final = {code: digits for digits, codes in _DIGITS.items() for code in codes.split()}
"""Currency code to the number of decimal digits of its minor unit."""


def minor_units(currency: str) -> int:
    """How many minor units one unit of a currency has: 100 cents."""
    units: int = 10 ** MINOR_DIGITS.get(currency, 2)
    return units


SIGNS: Final = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}
"""What a sign stands for, unless the deal's own currency goes by the same sign."""

DOLLARS: Final = frozenset({"USD", "AUD", "CAD", "HKD", "NZD", "SGD", "TWD"})
"""Currencies that `$` stands for where the deal names one of them as its currency."""
