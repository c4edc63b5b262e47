import Testing

@testable import Privacy

/// Mentions and addresses by the rules that tweets follow; the cases are ours, in the spirit of twitter-text's.
@Suite(.timeLimit(.minutes(4)))
struct TweetRuleTests {
    @Test(arguments: [
        ("@ada hi", "[USER] hi"), ("hi @ada_l!", "hi [USER]!"), ("見て@adaさん", "見て[USER]さん"),
        ("Rt:@ada rt@bob", "Rt:[USER] rt[USER]"),
        (".@ada /@bob -@cy (@di)", ".[USER] /[USER] -[USER] ([USER])"), ("@12345", "[USER]"),
        ("@_@ is a face", "@_@ is a face"),
        ("x!@ada y#@ada z$@ada &@ada *@ada", "x!@ada y#@ada z$@ada &@ada *@ada"),
        ("@adaë is no name", "@adaë is no name"),
        ("@https://example.com/", "@https://example.com/"), ("shirt@ada", "shirt@ada"),
        ("@ada/books are read", "[USER]/books are read"),
    ])
    func mentions(text: String, expected: String) { #expect(PromptSanitizer.sanitize(text) == expected) }

    @Test(arguments: [
        ("see http://example.com/a_(b)?c=d#e.", "see [URL]."), ("(https://example.org)", "([URL])"),
        ("example.com, foo.co.uk", "[URL], [URL]"),
        ("日本語example.com日本語", "日本語[URL]日本語"), ("http://例え.テスト.jp/道", "[URL]道"), ("foo.みんな", "[URL]"),
        ("t.co/abc http://t.co/abc's", "[URL] [URL]'s"), ("http://example.com/.....", "[URL]....."),
        ("ÉCOLE.fr", "[URL]"),
        ("a_b.example.com a_b.com", "[URL] a_b.com"), ("-x.example.com", "-x.example.com"),
        ("x-.example.com", "x-.example.com"),
        ("http://no-dot http://x.y", "http://no-dot http://x.y"),
        ("#example.com $example.com", "#example.com $example.com"),
        ("x.tar.bz2 file.7z", "x.tar.bz2 file.7z"), ("Great.It works", "Great.It works"), ("http://black_out", "[URL]"),
        ("http://10.0.0.1/x http://localhost:8080", "[URL] [URL]"), ("ftp://example.com/a.", "[URL]."),
        ("http://u:p@host", "[URL]"),
        ("https://example.newtld/x", "[URL]"), ("\u{2066}example.com\u{2069}", "\u{2066}[URL]\u{2069}"),
        ("http://t…", "[URL]…"),
        ("at www.forgotten to win", "at [URL] to win"), ("www.xxxx.baz", "www.xxxx.baz"),
    ])
    func addresses(text: String, expected: String) { #expect(PromptSanitizer.sanitize(text) == expected) }
}
