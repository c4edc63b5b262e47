import Foundation

/// Posts that hold something personal or secret of every kind, in plain and in disguise.
struct PersonalPost: Sendable {
    let text: String
    /// What must not be left of it anywhere: compared without regard to case.
    let secret: String
    /// Whether even the validator, which knows fewer forms than the sanitizer, must refuse it as it stands.
    var isBeyondDoubt = true
}

enum PersonalCorpus {
    static let posts = [
        PersonalPost(text: "so happy, write to mona.lisa+list@mail.example.com", secret: "mona.lisa"),
        PersonalPost(text: "MAIL ME: MONA@EXAMPLE.COM please", secret: "mona@"),
        PersonalPost(text: "mail mona@bücher.de, I hate waiting", secret: "mona@", isBeyondDoubt: false),
        PersonalPost(text: "ｍｏｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ is great", secret: "ｍｏｎａ", isBeyondDoubt: false),
        PersonalPost(text: "mo\u{200B}na@exam\u{AD}ple.com again", secret: "exam\u{AD}ple", isBeyondDoubt: false),
        PersonalPost(text: "thanks @mona_lisa_99 for the coffee", secret: "mona_lisa_99"),
        PersonalPost(text: "RT @mona_lisa_99: lovely weather", secret: "mona_lisa_99"),
        PersonalPost(text: "call me +44 20 7946 0958", secret: "7946"),
        PersonalPost(text: "my number is 0171 2345678, call tonight", secret: "2345678", isBeyondDoubt: false),
        PersonalPost(text: "ring (202) 555-0147 ext. 12", secret: "555-0147", isBeyondDoubt: false),
        PersonalPost(text: "＋４４ ２０ ７９４６ ０９５８ is mine", secret: "７９４６", isBeyondDoubt: false),
        PersonalPost(text: "look https://t.co/AbCdEf1234 wow", secret: "AbCdEf1234", isBeyondDoubt: false),
        PersonalPost(text: "look https://mona.example.com/private?id=7", secret: "mona.example"),
        PersonalPost(text: "all on mona-lisa.example.co.uk/me today", secret: "mona-lisa", isBeyondDoubt: false),
        PersonalPost(text: "server 203.0.113.77 is down, terrible", secret: "203.0.113.77"),
        PersonalPost(text: "ping 2001:db8:85a3::8a2e:370:7334 works", secret: "85a3"),
        PersonalPost(text: "pay 4111 1111 1111 1111 now", secret: "1111 1111", isBeyondDoubt: false),
        PersonalPost(text: "send it to DE89370400440532013000 asap", secret: "0532013000"),
        PersonalPost(text: "to GB82 WEST 1234 5698 7654 32, thanks", secret: "5698", isBeyondDoubt: false),
        PersonalPost(text: "oops sk-ant-api03-abcdefghijklmnop", secret: "abcdefghijklmnop"),
        PersonalPost(text: "oops ghp_abcdefghijklmnopqrstuvwxyz0123456789", secret: "qrstuvwxyz0123"),
        PersonalPost(text: "key AKIAIOSFODNN7EXAMPLE leaked", secret: "IOSFODNN7"),
        PersonalPost(text: "xoxb-123456789012-abcdefghij leaked", secret: "123456789012"),
        PersonalPost(
            text: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefghijkl is my session", secret: "eyJzdWIi"),
        PersonalPost(text: "Authorization: Bearer abcdefghijklmnop1234", secret: "mnop1234"),
        PersonalPost(text: "my password is hunter2hunter2, funny", secret: "hunter2", isBeyondDoubt: false),
        PersonalPost(text: "config password=s3cretSauce! works", secret: "s3cretSauce", isBeyondDoubt: false),
        PersonalPost(text: "tweet 1859123456789012345 was mean", secret: "1859123456789012345"),
        PersonalPost(text: "I am user-918273 there", secret: "918273"),
        PersonalPost(text: "canaryhandle wrote this about Canary Q. Person", secret: "canary", isBeyondDoubt: false),
        PersonalPost(text: "C\u{301}ANARYHANDLE und canary@example.org", secret: "canary@", isBeyondDoubt: false),
        PersonalPost(text: "nothing personal in here, just #happy 😀 and 3-2", secret: "mona"),
    ]

    /// A timeline file for the sandbox: JSON lines of ids and texts.
    static func timeline() throws -> URL {
        let file = FileManager.default.temporaryDirectory.appending(path: "posts-\(UUID().uuidString).jsonl")
        let lines = try posts.enumerated().map { place, post in
            String(
                decoding: try JSONSerialization.data(withJSONObject: ["id": "\(1000 + place)", "text": post.text]),
                as: UTF8.self)
        }
        try Data(lines.joined(separator: "\n").utf8).write(to: file)
        return file
    }
}
