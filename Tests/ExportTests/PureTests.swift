import Contracts
import Foundation
import Privacy
import TestKit
import Testing

@testable import Console
@testable import DownloadLinks
@testable import Export

/// Parts without servers: rows of a COPY, places, ranges, allowances, links.
@Suite(.timeLimit(.minutes(1)))
struct PureTests {
    private static let head = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0, 0, 0, 0, 0, 0, 0, 0, 0]

    private static func row(_ text: String) -> [UInt8] { [0, 1, 0, 0, 0, UInt8(text.utf8.count)] + Array(text.utf8) }

    @Test func rowsComeOutOfABinaryCopy() throws {
        var frame = RecordFrame(isInPage: true)
        let first = try frame.elements(of: Self.head + Self.row("{\"a\":\"<b>\"}"))
        let second = try frame.elements(of: Self.row("{}") + [0xFF, 0xFF])
        try frame.finish()
        #expect(String(decoding: first + second, as: UTF8.self) == "\n{\"a\":\"\\u003cb>\"},\n{}")
        #expect(frame.count == 2)
    }

    @Test func aCopyThatIsNoneIsRefused() {
        let good = Self.head + Self.row("{}") + [0xFF, 0xFF]
        for bad in [
            [], Array(good.dropFirst()), Array(good.dropLast(3)), Self.head + [0, 2],
            Self.head + [0, 1, 0, 0, 0, 9, 1], good + Self.row("x"),
        ] {
            var rows = CopyRows()
            #expect(throws: CopyRows.Malformed.self) {
                try rows.read(bad) { _ in }
                try rows.checkEnd()
            }
        }
    }

    @Test(
        arguments: [
            (nil, ByteRange.whole), ("bytes=0-0", .part(0..<1)), ("bytes=0-", .part(0..<100)),
            ("bytes=90-200", .part(90..<100)),
            ("bytes=-10", .part(90..<100)), ("bytes=-200", .part(0..<100)), ("bytes=100-", .unsatisfiable),
            ("bytes=-0", .unsatisfiable),
            ("bytes=5-4", .whole), ("bytes=0-1,3-4", .whole), ("items=0-1", .whole), ("bytes=a-b", .whole),
            ("bytes=-", .whole),
            ("bytes=0-99999999999999999999", .whole), ("bytes= 0-1", .whole), ("bytes=--5", .whole),
        ] as [(String?, ByteRange)])
    func ranges(_ header: String?, _ expected: ByteRange) { #expect(ByteRange(header, size: 100) == expected) }

    @Test func anAllowanceEndsAndComesBackAndCannotBeHadByInventingNames() {
        var allowance = Allowance(limit: 3, seconds: 60, capacity: 5)
        for _ in 0..<3 { #expect(allowance.take("a", at: 100) == nil) }
        #expect(allowance.take("a", at: 130) == 30)
        #expect(allowance.take("b", at: 130) == nil)
        #expect(allowance.take("a", at: 160) == nil)
        var granted = 0
        for number in 0..<100 where allowance.take("new-\(number)", at: 161) == nil { granted += 1 }
        #expect(granted < 10)
    }

    @Test func onlySoManyPlacesAreGivenAndWaitingEnds() async throws {
        let places = Places(1)
        #expect(await places.take(within: .seconds(5)))
        #expect(await !places.take(within: .milliseconds(20)))
        let waiting = Task { await places.take(within: .seconds(30)) }
        let cancelled = Task { await places.take(within: .seconds(30)) }
        cancelled.cancel()
        #expect(await !cancelled.value)
        places.giveBack()
        #expect(await waiting.value)
    }

    // MARK: Links

    private static let id = MessageID("3f2a9c1e-0000-4000-8000-000000000001")!
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    private static func parts(_ path: String) -> (id: String, expires: String, signature: String) {
        let words = path.split(whereSeparator: { "/?&=".contains($0) }).map(String.init)
        return (words[1], words[3], words[5])
    }

    @Test func aLinkOpensOneThingUntilOneTime() throws {
        let keys = try #require(LinkKeys("0123456789abcdef"))
        let link = SignedLink(id: Self.id, expires: Self.now.addingTimeInterval(60))
        let (id, expires, signature) = Self.parts(link.path(.download, keys))
        func verdict(
            _ id: String = id, _ expires: String? = expires, _ signature: String? = signature, at seconds: Double = 0,
            _ keys: LinkKeys = keys
        ) -> SignedLink.Verdict {
            SignedLink.check(
                id: id, expires: expires, signature: signature, for: .download, keys: keys,
                at: Self.now.addingTimeInterval(seconds)
            ).verdict
        }
        #expect(verdict() == .valid && verdict(at: 59.9) == .valid && verdict(at: 60) == .expired)
        #expect(verdict("3f2a9c1e-0000-4000-8000-000000000002") == .forged)
        #expect(verdict(id, String(Int(expires)! + 1)) == .forged)
        #expect(
            verdict(id, "0" + expires) == .forged && verdict(id, nil) == .forged && verdict(id, expires, nil) == .forged
        )
        for place in signature.indices {
            var other = signature
            other.replaceSubrange(place...place, with: signature[place] == "A" ? "B" : "A")
            #expect(verdict(id, expires, other) == .forged)
        }
        #expect(verdict(id, expires, signature + "=") == .forged && verdict(id, expires, "") == .forged)
        let purpose = Base64.encode(keys.code(of: "repazoo-link:v1\nexport.other\n\(id)\n\(expires)"))
        #expect(verdict(id, expires, purpose) == .forged, "made for another purpose")
        let own = Base64.encode(keys.code(of: "repazoo-link:v1\nexport.download\n\(id)\n\(expires)"))
        #expect(verdict(id, expires, own) == .valid)
        let other = try #require(LinkKeys("fedcba9876543210"))
        #expect(verdict(at: 0, other) == .forged)
        let both = try #require(LinkKeys("fedcba9876543210,0123456789abcdef"))
        #expect(verdict(at: 0, both) == .valid, "a key that is being changed")
        #expect(LinkKeys("short") == nil && LinkKeys("0123456789abcdef,") == nil)
        #expect("\(keys)" == "***")
    }
}
