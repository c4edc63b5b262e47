#!/usr/bin/env python3
"""Recall and false alarms of the privacy engine, per kind, on texts made from public rules.

    corpus.py PROGRAM [--count N] [--seed S] [--misses]

PROGRAM is `privacy-bench` (built for release); it is asked by `PROGRAM filter sanitize` and `PROGRAM filter redact`. What is
made here knows nothing of the detector's tables: telephone numbers by the formats that each country's authority or post
office publishes, addresses by RFC 5321, 5322, 791, 4291 and 3986, cards by ISO/IEC 7812, IBANs by ISO 13616, keys by their
makers' documents. Every number is random; none is looked up anywhere.
"""
import argparse, base64, ipaddress, json, random, re, string, subprocess, sys

R = random.Random()
LETTERS, DIGITS = string.ascii_lowercase, string.digits
B64 = string.ascii_letters + DIGITS


def some(chars, low, high=None):
    return "".join(R.choice(chars) for _ in range(R.randint(low, high or low)))


def fill(pattern):
    """N: 2-9, X: any digit, Z: 1-9; everything else stands for itself."""
    return "".join({"N": R.choice("23456789"), "X": R.choice(DIGITS), "Z": R.choice("123456789")}.get(c, c) for c in pattern)


WORDS = "maple river stone cloud amber falcon cedar orbit lumen pixel harbor velvet quartz ember willow".split()
NAMES = "jane peter maria ahmed yuki olga ivan chen lucia tom anna raj sven nia omar".split()

# National and international formats as the numbering plans' authorities and telephone books write them.
PHONES = {
    "US/CA": ["(NXX) NXX-XXXX", "NXX-NXX-XXXX", "NXX.NXX.XXXX", "1-NXX-NXX-XXXX", "+1 NXX-NXX-XXXX", "+1NXXNXXXXXX", "NXXNXXXXXX", "+1 (NXX) NXX-XXXX", "NXX NXX XXXX", "(NXX)NXX-XXXX", "1 (NXX) NXX-XXXX", "+1.NXX.NXX.XXXX"],
    "GB": ["020 7XXX XXXX", "+44 20 7XXX XXXX", "07XXX XXXXXX", "+44 7XXX XXXXXX", "(020) 7XXX XXXX", "0161 XXX XXXX", "01XXX XXXXXX", "+447XXXXXXXXX", "+44 (0)20 7XXX XXXX", "07XXXXXXXXX", "0044 20 7XXX XXXX", "0800 XXX XXXX"],
    "DE": ["030 XXXXXXXX", "030/XXXXXXX", "0171 XXXXXXX", "+49 30 XXXXXXX", "+49 171 XXXXXXX", "(030) XXXXXXX", "0049 171 XXXXXXX", "089-XXXXXXX", "+49 (0)171 XXXXXXX", "0171/XXXXXXX", "+49151XXXXXXXX"],
    "FR": ["0Z XX XX XX XX", "0Z.XX.XX.XX.XX", "+33 Z XX XX XX XX", "+33ZXXXXXXXX", "0ZXXXXXXXX", "+33 (0)Z XX XX XX XX", "0Z-XX-XX-XX-XX"],
    "ES": ["6XX XXX XXX", "9XX XX XX XX", "+34 6XX XXX XXX", "+346XXXXXXXX", "91 XXX XX XX"],
    "IT": ["06 XXXX XXXX", "3XX XXX XXXX", "+39 3XX XXX XXXX", "+39 06 XXXX XXXX", "02-XXXXXXX"],
    "NL": ["06-XXXXXXXX", "020 XXX XXXX", "+31 6 XXXXXXXX", "06 XX XX XX XX"],
    "BE": ["04XX XX XX XX", "02 XXX XX XX", "+32 4XX XX XX XX", "0470/XX.XX.XX"],
    "CH": ["044 XXX XX XX", "079 XXX XX XX", "+41 79 XXX XX XX", "+41 44 XXX XX XX"],
    "AT": ["01 XXXXXXX", "0664 XXXXXXX", "+43 664 XXXXXXX", "0664/XXXXXXX"],
    "SE": ["08-XXX XXX XX", "070-XXX XX XX", "+46 70 XXX XX XX", "08-XX XX XX XX"],
    "NO": ["4XX XX XXX", "22 XX XX XX", "+47 4XX XX XXX"],
    "DK": ["ZX XX XX XX", "+45 ZX XX XX XX"],
    "FI": ["040 XXX XXXX", "+358 40 XXX XXXX", "09 XXX XXX"],
    "PL": ["5XX XXX XXX", "22 XXX XX XX", "+48 5XX XXX XXX"],
    "CZ": ["6XX XXX XXX", "+420 6XX XXX XXX"],
    "PT": ["9XX XXX XXX", "+351 9XX XXX XXX"],
    "GR": ["69X XXX XXXX", "+30 69X XXX XXXX", "21X XXX XXXX"],
    "RU": ["8 (9XX) XXX-XX-XX", "+7 9XX XXX-XX-XX", "8 9XX XXX XX XX", "+7 (9XX) XXX-XX-XX", "89XXXXXXXXX"],
    "UA": ["+380 XX XXX XX XX", "0XX XXX XX XX", "(0XX) XXX-XX-XX"],
    "TR": ["0532 XXX XX XX", "+90 532 XXX XX XX", "(0212) XXX XX XX"],
    "IL": ["05X-XXX-XXXX", "+972 5X-XXX-XXXX", "03-XXX-XXXX"],
    "IN": ["98XXX XXXXX", "+91 98XXX XXXXX", "+91-98XXXXXXXX", "011 XXXX XXXX", "098XXX XXXXX", "98XXXXXXXX"],
    "PK": ["0300 XXXXXXX", "+92 300 XXXXXXX", "0300-XXXXXXX"],
    "CN": ["138 XXXX XXXX", "+86 138 XXXX XXXX", "138XXXXXXXX", "010-XXXXXXXX", "(010) XXXX XXXX", "021 XXXX XXXX"],
    "JP": ["03-XXXX-XXXX", "090-XXXX-XXXX", "+81 90-XXXX-XXXX", "0120-XXX-XXX", "+81 3 XXXX XXXX"],
    "KR": ["010-XXXX-XXXX", "02-XXX-XXXX", "+82 10-XXXX-XXXX", "010XXXXXXXX"],
    "HK/SG": ["9XXX XXXX", "+852 9XXX XXXX", "+65 8XXX XXXX", "6XXX XXXX"],
    "AU": ["04XX XXX XXX", "(02) XXXX XXXX", "+61 4XX XXX XXX", "02 XXXX XXXX", "1300 XXX XXX", "1800 XXX XXX"],
    "NZ": ["021 XXX XXXX", "(09) XXX XXXX", "+64 21 XXX XXXX", "03-XXX XXXX"],
    "ZA": ["082 XXX XXXX", "+27 82 XXX XXXX", "(011) XXX XXXX"],
    "NG/KE": ["0803 XXX XXXX", "+234 803 XXX XXXX", "0722 XXXXXX", "+254 722 XXXXXX"],
    "BR": ["(11) 9XXXX-XXXX", "+55 11 9XXXX-XXXX", "(21) XXXX-XXXX", "11 9XXXX-XXXX"],
    "MX": ["55 XXXX XXXX", "+52 55 XXXX XXXX", "(55) XXXX XXXX"],
    "AR": ["011 XXXX-XXXX", "+54 9 11 XXXX-XXXX", "(011) XXXX-XXXX"],
    "CL/CO": ["+56 9 XXXX XXXX", "9 XXXX XXXX", "3XX XXX XXXX", "+57 3XX XXX XXXX"],
    "EG/SA/AE": ["010 XXXX XXXX", "+20 10 XXXX XXXX", "05X XXX XXXX", "+966 5X XXX XXXX", "+971 5X XXX XXXX"],
    "ID/TH/VN": ["0812-XXXX-XXXX", "+62 812-XXXX-XXXX", "08X XXX XXXX", "+66 8X XXX XXXX", "09X XXX XX XX", "+84 9X XXX XX XX"],
}
EXTENSIONS = [" ext. XXX", " x XXX", " x1XXX", " extension XX", ";ext=XXX", ", ext XXXX"]


def phone():
    number = fill(R.choice(R.choice(list(PHONES.values()))))
    return number + (fill(R.choice(EXTENSIONS)) if R.random() < 0.08 else "")


def email():
    local = R.choice([
        R.choice(NAMES), f"{R.choice(NAMES)}.{R.choice(WORDS)}", f"{R.choice(NAMES)}_{R.randint(1, 99)}", f"{R.choice(NAMES)}+{R.choice(WORDS)}",
        f"{R.choice(LETTERS)}.{R.choice(WORDS)}", some(LETTERS + DIGITS, 3, 12), f"{R.choice(NAMES)}-{R.choice(WORDS)}", f"o'{R.choice(NAMES)}",
        R.choice(NAMES).capitalize(), f"{R.choice(NAMES)}%{R.choice(WORDS)}", "josé", "müller", "иван", f"user/dept={R.choice(WORDS)}",
        f"\"{R.choice(NAMES)} {R.choice(WORDS)}\"", "用户"])
    domain = R.choice([
        f"{R.choice(WORDS)}.com", f"mail.{R.choice(WORDS)}.co.uk", f"{R.choice(WORDS)}-{R.choice(WORDS)}.de", f"{R.choice(WORDS)}{R.randint(1, 9)}.org",
        f"a.b.{R.choice(WORDS)}.io", "xn--bcher-kva.example", "bücher.de", "пример.рф", f"{R.choice(WORDS)}.museum", f"{R.choice(WORDS)}.photography",
        "[192.0.2.1]", "例え.jp", f"{R.choice(WORDS).upper()}.COM", f"{R.choice(WORDS)}.travel", f"[IPv6:2001:db8::{R.randint(1, 99)}]"])
    return f"{local}@{domain}"


def ip4():
    return ".".join(str(R.randint(1 if i == 0 else 0, 255)) for i in range(4))


def ip6():
    address = ipaddress.IPv6Address(R.choice([0x20010DB8 << 96, 0xFE80 << 112, 0xFD << 120]) | R.getrandbits(R.choice([16, 40, 64])))
    form = R.randint(0, 6)
    if form == 0: return address.exploded
    if form == 1: return address.compressed.upper()
    if form == 2: return "::ffff:" + ip4()
    if form == 3: return address.compressed + R.choice(["%eth0", "%1", "%en0"])
    if form == 4: return ":".join(f"{R.getrandbits(16) | 256:x}" for _ in range(8))
    if form == 5: return "::1"
    return address.compressed


def url():
    host = R.choice([f"{R.choice(WORDS)}.com", f"www.{R.choice(WORDS)}.org", f"{R.choice(WORDS)}.co.uk", f"sub.{R.choice(WORDS)}.io", "t.co", "bit.ly", "youtu.be", f"{R.choice(WORDS)}.shop"])
    path = R.choice(["", "/", f"/{some(B64, 5, 10)}", f"/{R.choice(WORDS)}/{R.choice(WORDS)}.html", f"/{R.choice(WORDS)}?q={R.choice(WORDS)}&p=2", "/a_(b)", f"/#{R.choice(WORDS)}"])
    if host == "t.co": path = "/" + some(B64, 10)
    scheme = R.choice(["http://", "https://", "HTTPS://", ""])
    return scheme + host + path


def luhn(body):
    total = sum((d * 2 - 9 if d * 2 > 9 else d * 2) if i % 2 == 0 else d for i, d in enumerate(int(c) for c in reversed(body)))
    return body + str(-total % 10)


def card():
    prefix, length = R.choice([("4", 16), ("4", 13), ("51", 16), ("55", 16), ("2223", 16), ("34", 15), ("37", 15), ("6011", 16), ("65", 16), ("36", 14), ("3530", 16), ("62", 16)])
    number = luhn(prefix + some(DIGITS, length - len(prefix) - 1))
    if length == 16:
        gap = R.choice(["", " ", "-"])
        return gap.join(number[i:i + 4] for i in range(0, 16, 4))
    if length == 15 and R.random() < 0.5: return f"{number[:4]} {number[4:10]} {number[10:]}"
    return number


IBANS = {"DE": "n18", "GB": "a4n14", "FR": "n10c11n2", "ES": "n20", "IT": "a1n10c12", "NL": "a4n10", "BE": "n12", "AT": "n16", "CH": "n5c12", "PL": "n24",
         "SE": "n20", "NO": "n11", "DK": "n14", "FI": "n14", "PT": "n21", "IE": "a4n14", "GR": "n7c16", "CZ": "n20", "RO": "a4c16", "TR": "n5n1c16", "SA": "n2c18",
         "AE": "n3n16", "BR": "n23a1c1", "MT": "a4n5c18", "LC": "a4c24", "NI": "a4n20", "MU": "a4n19a3"}


def iban():
    country, shape = R.choice(list(IBANS.items()))
    body = "".join(some({"n": DIGITS, "a": string.ascii_uppercase, "c": DIGITS + string.ascii_uppercase}[kind], int(count)) for kind, count in re.findall(r"([nac])(\d+)", shape))
    number = int("".join(str(int(c, 36)) for c in body + country + "00"))
    text = f"{country}{98 - number % 97:02d}{body}"
    return " ".join(text[i:i + 4] for i in range(0, len(text), 4)) if R.random() < 0.5 else text


def jwt():
    part = lambda n: base64.urlsafe_b64encode(R.randbytes(n)).decode().rstrip("=")
    return base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').decode().rstrip("=") + "." + "eyJ" + part(30) + "." + part(32)


def token():
    upper = string.ascii_uppercase + "234567"
    return R.choice([
        lambda: "sk-ant-api03-" + some(B64 + "-_", 93) + "AA", lambda: "sk-ant-oat01-" + some(B64 + "_", 80), lambda: "sk-" + some(B64, 20) + "T3BlbkFJ" + some(B64, 20),
        lambda: "sk-proj-" + some(B64 + "_", 60, 120), lambda: "AKIA" + some(upper, 16), lambda: "ASIA" + some(upper, 16), lambda: "ghp_" + some(B64, 36),
        lambda: "gho_" + some(B64, 36), lambda: "ghs_" + some(B64, 36), lambda: "github_pat_" + some(B64, 22) + "_" + some(B64, 59),
        lambda: f"xoxb-{some(DIGITS, 12)}-{some(DIGITS, 13)}-{some(B64, 24)}", lambda: f"xoxp-{some(DIGITS, 12)}-{some(DIGITS, 12)}-{some('0123456789abcdef', 32)}",
        lambda: "AIza" + some(B64 + "-_", 35), lambda: "ya29." + some(B64 + "-_", 60, 100), lambda: "sk_live_" + some(B64, 24), lambda: "rk_live_" + some(B64, 24),
        lambda: "pk_live_" + some(B64, 24), lambda: "whsec_" + some(B64, 32), jwt, lambda: "Bearer " + some(B64, 24, 40), lambda: "glpat-" + some(B64, 20)])()


def secret():
    value = R.choice([some(B64, 8, 16) + R.choice(DIGITS), R.choice(WORDS) + R.choice("!#%") + some(DIGITS, 2, 4), R.choice(NAMES) + some(DIGITS, 2, 4)])
    name = R.choice(["password", "passwd", "client_secret", "api_key", "access_token", "refresh_token", "DB_PASSWORD", "secretKey", "apiKey", "aws_secret_access_key"])
    return R.choice([f"{name}={value}", f'"{name}": "{value}"', f"{name}: {value}", f"?{name}={value}&x=1", f"--{name.lower().replace('_', '-')} {value}", f"{name} = '{value}'",
                     f"Authorization: Basic {base64.b64encode(value.encode() + b':x').decode()}", f"Authorization: Bearer {value}", f"postgres://app:{value}@db/x"]), value


def mention():
    return "@" + R.choice([R.choice(NAMES), f"{R.choice(NAMES)}_{R.choice(WORDS)}"[:15], R.choice(NAMES).capitalize() + str(R.randint(1, 9999)), "_" + R.choice(NAMES), some(DIGITS, 5, 8)])


def identifier():
    return R.choice([lambda: "1" + some(DIGITS, 18), lambda: f"user-{some(DIGITS, 6)}", lambda: f"user_{some(DIGITS, 5, 9)}", lambda: some("123456789", 1) + some(DIGITS, 17)])()


SENTENCES = ["{}", "please write to {} today", "it is {}", "see {}, thanks", "({})", "{} is new", "so… {}", "new one: {} !", "ok {}.", "yes {}\tthen", "«{}»", "to {}; not me"]
KINDS = {"EMAIL": email, "PHONE": phone, "IP": lambda: R.choice([ip4, ip6])(), "URL": url, "CARD": card, "IBAN": iban, "TOKEN": token, "USER": mention, "ID": identifier}
REDACTED = ["EMAIL", "PHONE", "IP", "CARD", "IBAN", "TOKEN"]


def run(program, face, texts):
    done = subprocess.run([program, "filter", face], input="\n".join(texts) + "\n", capture_output=True, text=True, check=True).stdout.split("\n")[:-1]
    assert len(done) == len(texts)
    return done


def remains(value, output, sentence):
    """Whether enough of a value is left to tell what it was: four letters or digits in a row that the sentence does not hold."""
    parts = (value[i:i + 4] for i in range(len(value) - 3))
    return any(part in output for part in parts if part.isalnum() and part not in sentence)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("program")
    options.add_argument("--count", type=int, default=2000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--misses", type=int, default=0)
    options = options.parse_args()
    R.seed(options.seed)
    recalls, alarms = [], []
    print(f"{'face':9} {'kind':9} {'texts':>6} {'found':>6} {'recall':>8}   other kind")
    for face in ("sanitize", "redact"):
        for kind in KINDS if face == "sanitize" else REDACTED:
            values = [KINDS[kind]() for _ in range(options.count)]
            recalls.append(report(options, face, kind, values, [R.choice(SENTENCES).format(v) for v in values]))
        pairs = [secret() for _ in range(options.count)]
        texts = [R.choice(["{}", "start {} now", "cfg {}"]).format(t) for t, _ in pairs]
        recalls.append(report(options, face, "SECRET", [v for _, v in pairs], texts))
    print(f"\n{'face':9} {'harmless':11} {'texts':>6} {'alarms':>6} {'rate':>8}   kinds")
    import harmless
    harmless.R.seed(options.seed)
    for face in ("sanitize", "redact"):
        for name, make in harmless.KINDS.items():
            texts = [R.choice(harmless.SENTENCES).format(make()) for _ in range(options.count)]
            outputs = run(options.program, face, texts)
            wrong = [(t, o) for t, o in zip(texts, outputs) if t != o]
            kinds = sorted({m for _, o in wrong for m in re.findall(r"\[([A-Z]+)\]", o)})
            print(f"{face:9} {name:11} {len(texts):6} {len(wrong):6} {len(wrong) / len(texts):8.4f}   {' '.join(kinds)}")
            for t, o in wrong[:options.misses]: print("      ", t, "->", o)
            alarms.append((len(wrong) / len(texts), f"{face} {name}"))
    (recall, where), (rate, what) = min(recalls), max(alarms)
    print(json.dumps({"row": "privacy: recall of the worst kind", "ours": recall, "unit": f"({where})", "goal": 0.99, "at_most": False}))
    print(json.dumps({"row": "privacy: false alarms of the worst kind", "ours": rate, "unit": f"({what})", "goal": 0.005, "at_most": True}))


def report(options, face, kind, values, texts):
    outputs = run(options.program, face, texts)
    marker = f"[{kind}]"
    missed, other = [], 0
    for value, text, output in zip(values, texts, outputs):
        shown = value.removeprefix("Bearer ")
        if remains(shown, output, text.replace(value, '', 1)) and not (face == "redact" and kind == "ID"): missed.append((text, output))
        elif kind != "SECRET" and marker not in output: other += 1
    print(f"{face:9} {kind:9} {len(texts):6} {len(texts) - len(missed):6} {1 - len(missed) / len(texts):8.4f}   {other}")
    for text, output in missed[:options.misses]: print("      ", text, "->", output)
    return 1 - len(missed) / len(texts), f"{face} {kind}"


if __name__ == "__main__":
    main()
