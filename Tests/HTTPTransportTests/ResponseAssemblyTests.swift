import Testing

@testable import HTTPTransport

@Suite struct ResponseAssemblyTests {
    private func assembly(headerBytes: Int = 1000, fields: Int = 10, body: Int = 10, expectsBody: Bool = true)
        -> ResponseAssembly
    {
        ResponseAssembly(
            limits: ResponseLimits(headerBytes: headerBytes, headerFields: fields, bodyBytes: body),
            expectsBody: expectsBody)
    }

    private func play(_ assembly: inout ResponseAssembly, _ lines: [String]) -> [ResponseAssembly.Step] {
        lines.map { assembly.take(line: "\($0)\r\n", bytes: $0.utf8.count + 2) }
    }

    @Test func skipsInterimAnswersAndTrailers() {
        var response = assembly()
        let steps = play(&response, ["HTTP/1.1 103 Hints", "A: 1", "", "HTTP/1.1 404", "B:  2\t ", "", "C: 3"])
        #expect(steps == [.proceed, .proceed, .proceed, .proceed, .proceed, .headComplete, .proceed])
        #expect(response.status == 404 && response.headers == ["B": "2"])
    }

    @Test func countsFieldsAndBytesToTheEdge() {
        var atTheEdge = assembly(headerBytes: 25, fields: 3)
        #expect(play(&atTheEdge, ["HTTP/1.1 200 OK", "A: b", ""]).last == .headComplete)
        var tooLong = assembly(headerBytes: 24, fields: 3)
        #expect(play(&tooLong, ["HTTP/1.1 200 OK", "A: b", ""]).last == .refuse(.responseTooLarge))
        var tooMany = assembly(fields: 2)
        #expect(play(&tooMany, ["HTTP/1.1 200 OK", "A: b", ""]).last == .refuse(.responseTooLarge))
    }

    @Test(arguments: ["HTTP/1.1", "HTTP/1.1 20", "HTTP/1.1 2x0", "HTTP/1.1 +20 OK", "A: b", ""])
    func refusesABadStart(line: String) {
        var response = assembly()
        #expect(play(&response, [line]) == [.refuse(.protocolViolation)])
    }

    @Test(arguments: [": b", "no colon", " folded: x", "\tfolded"])
    func refusesABadField(line: String) {
        var response = assembly()
        #expect(play(&response, ["HTTP/1.1 200 OK", line]).last == .refuse(.protocolViolation))
    }

    @Test func boundsTheBody() {
        var announced = assembly()
        #expect(play(&announced, ["HTTP/1.1 200 OK", "content-length: 11", ""]).last == .refuse(.responseTooLarge))
        var head = assembly(expectsBody: false)
        #expect(play(&head, ["HTTP/1.1 200 OK", "content-length: 11", ""]).last == .headComplete)
        var counted = assembly()
        let first = counted.admit(body: 10)
        let second = counted.admit(body: 1)
        #expect(first && !second)
    }

    @Test func headersCompareWithoutCase() {
        var headers: HTTPHeaders = ["A": "1", "b": "2", "a": "3"]
        #expect(headers["a"] == "1" && headers.values("A") == ["1", "3"] && headers["c"] == nil)
        headers["A"] = "4"
        #expect(headers.fields.map(\.name) == ["b", "A"])
        headers["B"] = nil
        #expect(headers == ["A": "4"])
    }

    @Test func durationsRoundUp() {
        #expect(Duration.zero.wholeMilliseconds == 1)
        #expect(Duration.microseconds(1_001).wholeMilliseconds == 2)
        #expect(Duration.seconds(5).wholeMilliseconds == 5000)
        #expect(Duration.milliseconds(1001).wholeSeconds == 2)
        #expect(Duration.seconds(Int64.max).wholeMilliseconds > 0)
    }
}
