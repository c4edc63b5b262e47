import FoundationEssentials
import Testing

@testable import Privacy

@Suite(.timeLimit(.minutes(4)))
struct SecretTests {
    private struct Holder {
        var key: SecretString = "canary"
        var text = Personal("canary")
    }

    @Test func nothingShowsTheValue() {
        let holder = Holder()
        var dumped = ""
        dump(holder, to: &dumped)
        let shown = ["\(holder)", String(reflecting: holder), dumped, "\(holder.key)", holder.key.debugDescription]
        #expect(shown.allSatisfy { !$0.contains("canary") })
        #expect("\(holder.key)" == "***" && "\(holder.text)" == "[personal]" && dumped.contains("***"))
        #expect(Mirror(reflecting: holder.key).children.isEmpty && Mirror(reflecting: holder.text).children.isEmpty)
    }

    @Test func cannotBeEncoded() {
        #expect(!(Holder().key as Any is any Encodable) && !(Holder().text as Any is any Encodable))
    }

    @Test func givesTheValueWhenAsked() throws {
        #expect(Holder().key.reveal() == "canary" && Holder().key.withValue(\.count) == 6)
        #expect(try JSONDecoder().decode([SecretString].self, from: Data(#"["a"]"#.utf8)) == ["a"])
    }

    @Test func comparesWholeStrings() {
        #expect(SecretString("abc") == "abc" && SecretString("abc") != "abd" && SecretString("abc") != "ab")
    }
}
