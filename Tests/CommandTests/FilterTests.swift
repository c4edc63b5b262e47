import Privacy
import Testing

@testable import OperatorCommands

@Suite(.timeLimit(.minutes(1)))
struct FilterTests {
    private func run(_ pieces: [String], _ filter: LineFilter) throws -> String {
        var filter = filter
        var output: [UInt8] = []
        for piece in pieces { try filter.feed(Array(piece.utf8), into: &output) }
        return String(decoding: output + (try filter.finish()), as: UTF8.self)
    }

    private var upper: LineFilter { LineFilter { $0.uppercased() } }

    @Test func linesAreCutWhereverThePiecesEnd() throws {
        #expect(try run(["ab", "c\nde\n\nf"], upper) == "ABC\nDE\n\nF")
        #expect(try run(["a\n"], upper) == "A\n")
        #expect(try run([], upper) == "")
    }

    @Test func aCharacterCutInTwoByAReadStaysWhole() throws {
        var filter = upper
        let bytes = Array("ä\n".utf8)
        var output: [UInt8] = []
        try filter.feed(bytes[..<1], into: &output)
        try filter.feed(bytes[1...], into: &output)
        #expect(String(decoding: output, as: UTF8.self) == "Ä\n")
    }

    @Test func aLineOfOneMebibyteIsTakenAndOneByteMoreRefused() throws {
        let line = String(repeating: "x", count: LineFilter.maximumLineBytes)
        #expect(try run(["a\n", line, "\n"], upper).utf8.count == line.utf8.count + 3)
        let error = #expect(throws: LineFilter.Refusal.self) { try run(["a\n", line, "y"], upper) }
        #expect(error?.line == 2)
    }

    @Test func sanitizeAndRedactDoTheirWork() throws {
        #expect(try TextFilters.sanitizedJSON(#"{"t":"Hi @ada #Swift!"}"#) == #"{"t":"Hi [USER] #Swift!"}"#)
        var filter = StreamFilter(.sanitize)
        var output: [UInt8] = []
        filter.feed(Array("Hi @ada mail ada@exam".utf8), into: &output)
        filter.feed(Array("ple.org #Swift!".utf8), into: &output)
        filter.finish(into: &output)
        #expect(String(decoding: output, as: UTF8.self) == "Hi [USER] mail [EMAIL] #Swift!")
        #expect(try TextFilters.redactedJSON(#"{"email":"ada@example.org","n":1}"#) == #"{"email":"[EMAIL]","n":1}"#)
        #expect(try TextFilters.redactedJSON("  ") == "  ")
    }

    @Test func aLineThatIsNoJSONIsNamedAndNotQuoted() throws {
        let filter = LineFilter { line throws(LineFilter.Refusal.Cause) in try TextFilters.redactedJSON(line) }
        let error = #expect(throws: LineFilter.Refusal.self) { try run(["{}\nada@example.org\n"], filter) }
        #expect(error?.line == 2)
        #expect(error?.problem.contains("ada") == false)
        var again = filter
        var output: [UInt8] = []
        #expect(throws: LineFilter.Refusal.self) { try again.feed(Array("{}\nx\n".utf8), into: &output) }
        #expect(String(decoding: output, as: UTF8.self) == "{}\n", "the lines before it are lost")
    }
}
