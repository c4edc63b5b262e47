"""Texts that hold nothing personal but look as if: dates, prices, scores, versions, numbers of books, orders and places."""
import random, string

R = random.Random()


def digits(count, first="123456789"):
    return R.choice(first) + "".join(R.choice(string.digits) for _ in range(count - 1))


def between(low, high):
    return R.randint(low, high)


def isbn13(gap="-"):
    body = "978" + digits(9, string.digits)
    check = str(-sum(int(c) * (1 if i % 2 == 0 else 3) for i, c in enumerate(body)) % 10)
    return gap.join([body[:3], body[3], body[4:6], body[6:], check]) if gap else body + check


def isbn10():
    body = digits(9, string.digits)
    check = -sum((10 - i) * int(c) for i, c in enumerate(body)) % 11
    return "-".join([body[0], body[1:4], body[4:], "X" if check == 10 else str(check)])


def date():
    y, m, d = between(1950, 2030), between(1, 12), between(1, 28)
    return R.choice([f"{y}-{m:02}-{d:02}", f"{m:02}/{d:02}/{y}", f"{d}.{m}.{y}", f"{m:02}/{d:02}/{y % 100:02}", f"{y}/{m:02}/{d:02}", f"{y}{m:02}{d:02}", f"{d} {m} {y}",
                     f"{y}-{m:02}-{d:02}T{between(0, 23):02}:{between(0, 59):02}:{between(0, 59):02}Z", f"{y}-{m:02}-{d:02} {between(0, 23):02}:{between(0, 59):02}:{between(0, 59):02}.{between(0, 999):03}+02:00"])


def time():
    h, m, s = between(0, 23), between(0, 59), between(0, 59)
    return R.choice([f"{h}:{m:02}", f"{h}:{m:02}:{s:02}", f"{h % 12 + 1}.{m:02} pm", f"{h:02}:{m:02}-{s % 24:02}:{m:02}", f"{h:02}h{m:02}", f"{m}:{s:02}.{between(0, 99):02}"])


def years():
    y = between(1900, 2015)
    return R.choice([f"{y}-{y + between(1, 9)}", f"{y}–{y + between(1, 9)}", f"{y} - {y + between(1, 9)}", f"{y}, {y + 3}, {y + 7}", f"{y} {y + 10}", f"({y}-{y + 20})"])


def price():
    n = between(1000, 9_999_999)
    return R.choice([f"${n}", f"${n:,}.{between(0, 99):02}", f"€{n:,}".replace(",", "."), f"{n:,} EUR".replace(",", " "), f"{n} USD", f"£{n:,}", f"{n:,} €".replace(",", " "), f"¥{n}", f"{digits(8)} dollars", f"USD {digits(7)}"])


def amount():
    n = between(10_000, 99_999_999)
    return R.choice([f"{n:,}", f"{n:,}".replace(",", "."), f"{n:,} people".replace(",", " "), f"{n:,}".replace(",", "'"), f"{digits(9)} views", f"{between(1, 999)}000000", f"{digits(7)} km"])


def score():
    return R.choice([f"{between(0, 9)}-{between(0, 9)}", f"{between(70, 130)}-{between(70, 130)}", "6-4, 3-6, 7-5", f"{between(0, 9)}:{between(0, 9)}", "21-17 18-21 15-12", f"{between(80, 120)}–{between(80, 120)}", f"{between(0, 50)} - {between(0, 50)}"])


def version():
    a, b, c, d = between(0, 20), between(0, 20), between(0, 200), between(0, 99)
    return R.choice([f"v{a}.{b}.{c}", f"{a}.{b}.{c}", f"version {a}.{b}.{c}.{d}", f"v{a}.{b}.{c}-beta.{d}", f"Chrome/{c}.0.{between(1000, 6000)}.{d}", f"10.0.{between(10000, 22000)}.{between(300, 2000)}", f"build {a}.{b}.{c}.{d}"])


def place():
    a, b = R.uniform(-90, 90), R.uniform(-180, 180)
    return R.choice([f"{a:.4f}, {b:.4f}", f"{a:.6f},{b:.6f}", f"lat {a:.5f} lon {b:.5f}", f"{abs(a):.7f} {abs(b):.7f}", f"{between(0, 89)}°{between(0, 59)}'{between(0, 59)}\"N"])


def fraction():
    return R.choice([f"{R.uniform(0, 10):.8f}", "3.14159265", f"{R.uniform(0, 100):.2f}%", f"{between(0, 9999)}.{digits(9)}", f"{R.uniform(1, 10):.6f}e{between(-30, 30)}"])


def order():
    return R.choice([f"order #{digits(between(6, 12))}", f"Order number {digits(between(8, 11))}", f"order 114-{digits(7)}-{digits(7)}", f"invoice {digits(between(6, 11))}", f"ticket #{digits(between(4, 10))}",
                     f"Ref: {digits(between(7, 12))}", f"INV-{between(2015, 2026)}-{between(0, 99999):05}", f"tracking 1Z{digits(3)}AA{digits(10)}", f"SKU {digits(8)}", f"zip {digits(5)}-{digits(4)}"])


def book():
    return R.choice([isbn13(), isbn13(""), "ISBN " + isbn10(), "ISBN " + isbn13(), "ISBN-13: " + isbn13(), isbn10()])


def hexadecimal():
    mac = ":".join(f"{R.getrandbits(8):02x}" for _ in range(6))
    return R.choice([f"{R.getrandbits(128):032x}", f"{R.getrandbits(160):040x}", mac, f"{R.getrandbits(32):08x}-{R.getrandbits(16):04x}-4{R.getrandbits(12):03x}-a{R.getrandbits(12):03x}-{R.getrandbits(48):012x}", f"0x{R.getrandbits(32):x}"])


def program():
    return R.choice(["std::vector<int>", "a::b", "Foo::Bar", "x[::2]", "user-agent", "token: null", "max_tokens=1024", "Node: ok", "i++", "e.g. this", "U.S.A.", "etc.and so on", "a@b", "key: value", "secretary", "the password is required",
                     "f!@k", "#1 fan", "$AAPL", "10.5em", "foo_bar.baz_qux", "README.txt", "a/b/c", "and/or", "<3", ":-)", "D:", "::", "task-force", "risk-free", "sk-ills"]) if R.random() < 0.9 else "bearer of bad news"


def moment():
    return R.choice([str(between(1_300_000_000, 1_799_999_999)), str(between(1_300_000_000_000, 1_799_999_999_999))])


SENTENCES = ["{}", "it was {} today", "so {} then", "{}!", "see {}, ok", "({})", "the {} thing is great", "#win {} 😀"]
KINDS = {"dates": date, "times": time, "years": years, "prices": price, "amounts": amount, "scores": score, "versions": version, "places": place, "fractions": fraction, "orders": order, "books": book,
         "hexadecimal": hexadecimal, "programs": program, "moments": moment}
