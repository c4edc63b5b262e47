#!/usr/bin/env python3
"""Recall on what other people's generators make: libphonenumber's example numbers of every region and kind, in every form, and
what Faker makes in every locale. `pip install phonenumbers faker`; nothing of either is used for building.

    others.py PROGRAM [--count N] [--seed S]
"""
import argparse, collections, re, subprocess, sys, warnings

warnings.simplefilter("ignore")
import phonenumbers as P
from faker import Faker
from faker.config import AVAILABLE_LOCALES

PLAIN = ["{}", "so {} then", "{} please", "({})"]
SPOKEN = ["call me at {}", "my number is {}", "Tel: {}", "text {} today"]
# Why what is left is left, by the form of the number (9 stands for any digit); the first that fits.
WHY = [
    (r"9{3,4}", "three or four digits: a year, a time, an emergency line; no number of E.164"),
    (r"9{5,6}|9?9[ -]999|9 99999|99 9999|999[ -]999|9 999 999", "as short as that, nothing but a word beside it tells it from an amount"),
    (r"99([ .-])99\1(99|999)", "a day or a time of day"),
    (r"9+\.9{4,}", "a decimal number"),
    (r"9{7}", "seven digits together without a word: an amount"),
    (r"9{8}", "begins with 0 or 1, as days and ids do, or ends in zeros, as amounts do"),
    (r"9999[ .-]999|999 9999|9999[ -]9999", "a year and a number, or the other way round"),
    (r"999 9 999|99-999999", "written like much else, and by few"),
    (r"9{9,}", "too long for a number of that country, or an id by its digits: taken out under another kind in sanitize"),
    (r"999 99 9999", "a social security number by its form"),
    (r"99 99 99 99", "from below twenty rising like the numbers of a lottery"),
    (r"\+.*", "a country code that is not assigned, or four digits behind one"),
]


def run(program, face, texts):
    out = subprocess.run([program, "filter", face], input="\n".join(texts) + "\n", capture_output=True, text=True, check=True).stdout.split("\n")[:-1]
    assert len(out) == len(texts)
    return out


def why(value):
    form = re.sub(r"\d", "9", value)
    return next((reason for pattern, reason in WHY if re.fullmatch(pattern, form)), "written like much else: " + form)


def measure(program, name, values, marker, sentences):
    for face in ("sanitize", "redact"):
        if face == "redact" and marker in ("[URL]", "[USER]"): continue
        texts = [sentences[i % len(sentences)].format(v) for i, v in enumerate(values)]
        missed = []
        for i, (value, output) in enumerate(zip(values, run(program, face, texts))):
            left = output.replace("tel:", "")
            for part in sentences[i % len(sentences)].split("{}"): left = left.replace(part, "", 1)
            if marker not in output or any(c.isalnum() for c in re.sub(r"\[[A-Z]+\]", "", left)): missed.append(value)
        print(f"{face:9} {name:30} {len(values):6} {len(values) - len(missed):6} {1 - len(missed) / len(values):8.4f}")
        for reason, count in collections.Counter(map(why, missed)).most_common(8): print(f"{'':12}{count:5}  {reason}")


def examples():
    kinds = [getattr(P.PhoneNumberType, k) for k in "FIXED_LINE MOBILE TOLL_FREE PREMIUM_RATE SHARED_COST VOIP PERSONAL_NUMBER PAGER UAN".split()]
    found = (P.example_number_for_type(region, kind) for region in sorted(P.SUPPORTED_REGIONS) for kind in kinds)
    return [number for number in found if number]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("program")
    options.add_argument("--count", type=int, default=40)
    options.add_argument("--seed", type=int, default=1)
    options = options.parse_args()
    print(f"{'face':9} {'texts':30} {'count':>6} {'found':>6} {'recall':>8}")
    numbers = examples()
    for form in ("INTERNATIONAL", "E164", "RFC3966", "NATIONAL"):
        values = [P.format_number(n, getattr(P.PhoneNumberFormat, form)) for n in numbers]
        measure(options.program, f"libphonenumber {form.lower()}", values, "[PHONE]", PLAIN)
        if form == "NATIONAL": measure(options.program, "libphonenumber national, spoken", values, "[PHONE]", SPOKEN)
    Faker.seed(options.seed)
    fakers = [Faker(locale) for locale in sorted(AVAILABLE_LOCALES)]

    def made(method, *arguments):
        values = []
        for faker in fakers:
            for _ in range(options.count):
                try: values.append(str(getattr(faker, method)(*arguments)))
                except AttributeError: break
        return values

    english = Faker("en_US")
    cards = "amex diners discover jcb jcb15 jcb16 maestro mastercard visa visa13 visa16 visa19".split()
    measure(options.program, "Faker telephones, every locale", made("phone_number"), "[PHONE]", PLAIN)
    measure(options.program, "Faker telephones, spoken", made("phone_number"), "[PHONE]", SPOKEN)
    measure(options.program, "Faker cards", [english.credit_card_number(card) for card in cards for _ in range(4 * options.count)], "[CARD]", PLAIN)
    measure(options.program, "Faker IBANs, every locale", made("iban"), "[IBAN]", PLAIN)
    measure(options.program, "Faker e-mail, every locale", made("email") + made("company_email"), "[EMAIL]", PLAIN)
    measure(options.program, "Faker IPv4, IPv6", [english.ipv4() for _ in range(400)] + [english.ipv6() for _ in range(400)], "[IP]", PLAIN)
    measure(options.program, "Faker URLs, every locale", made("url") + made("uri"), "[URL]", PLAIN)


if __name__ == "__main__":
    main()
