import Testing

@testable import AMQP

@Suite(.timeLimit(.minutes(1))) struct ConfirmWindowTests {
    @Test func settlesSinglesAndRunsInOrder() {
        let window = Box(ConfirmWindow<String>())
        for name in ["a", "b", "c", "d", "e"] { window.it.add(name) }
        #expect(window.it.settle(4, multiple: false) == ["d"])
        #expect(window.it.settle(4, multiple: false) == [])
        #expect(window.it.settle(3, multiple: true) == ["a", "b", "c"])
        #expect(window.it.settle(.max, multiple: true) == ["e"])
        #expect(window.it.settle(99, multiple: false) == [] && window.it.count == 0)
        #expect(window.it.add("f") == 6)
    }

    @Test func afterAResetItCountsFromOne() {
        let window = Box(ConfirmWindow<Int>())
        for number in 1...50 { window.it.add(number) }
        _ = window.it.settle(7, multiple: false)
        #expect(window.it.reset() == (1...50).filter { $0 != 7 })
        #expect(window.it.add(1) == 1 && window.it.settle(1, multiple: true) == [1])
    }

    @Test func findsTheOldestMatch() {
        let window = Box(ConfirmWindow<Int>())
        for number in 1...9 { window.it.add(number) }
        #expect(window.it.oldest { $0.isMultiple(of: 4) }?.tag == 4)
        #expect(window.it.oldest { $0 > 9 } == nil)
    }
}

@Suite(.timeLimit(.minutes(1))) struct ContentAssemblerTests {
    private let origin = ContentAssembler.Origin.delivery(tag: 1, isRedelivered: false, exchange: "", routingKey: "q")

    @Test func putsFragmentsTogether() throws {
        let assembler = Box(ContentAssembler())
        for body in [[], [1], Array(0..<200)] as [[UInt8]] {
            try assembler.it.begin(origin)
            var content = try assembler.it.header(AMQPProperties(), bodySize: UInt64(body.count))
            for piece in stride(from: 0, to: body.count, by: 64) {
                #expect(content == nil)
                content = try body[piece..<min(piece + 64, body.count)].withUnsafeBytes {
                    try assembler.it.fragment($0)
                }
            }
            #expect(content?.body == body)
        }
    }

    @Test func framesOutOfOrderAreRefused() throws {
        let byte: [UInt8] = [1]
        let fresh = Box(ContentAssembler())
        #expect(throws: ContentAssembler.OutOfOrder.self) { _ = try fresh.it.header(AMQPProperties(), bodySize: 1) }
        #expect(throws: ContentAssembler.OutOfOrder.self) { _ = try byte.withUnsafeBytes { try fresh.it.fragment($0) } }
        let begun = Box(ContentAssembler())
        try begun.it.begin(origin)
        #expect(throws: ContentAssembler.OutOfOrder.self) { try begun.it.begin(origin) }
        #expect(throws: ContentAssembler.OutOfOrder.self) { _ = try byte.withUnsafeBytes { try begun.it.fragment($0) } }
        #expect(throws: ContentAssembler.OutOfOrder.self) { _ = try begun.it.header(AMQPProperties(), bodySize: .max) }
        _ = try begun.it.header(AMQPProperties(), bodySize: 1)
        #expect(throws: ContentAssembler.OutOfOrder.self) { _ = try begun.it.header(AMQPProperties(), bodySize: 1) }
        #expect(throws: ContentAssembler.OutOfOrder.self) {
            _ = try [1, 2].withUnsafeBytes { try begun.it.fragment($0) }
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct PublicationValidationTests {
    private func publication(_ change: (inout AMQPProperties) -> Void) -> Publication {
        var properties = AMQPProperties()
        change(&properties)
        return Publication(exchange: "", routingKey: "q", properties: properties, body: [])
    }

    @Test func takesWhatFits() throws {
        try publication { $0.messageID = String(repeating: "x", count: 255) }.validate()
        try publication { $0.headers = ["a": .table(["b": .array([1, "c", true, .null])])] }.validate()
    }

    @Test func refusesWhatTheLibraryWouldChokeOn() {
        var deep = AMQPFieldValue.null
        for _ in 0..<40 { deep = .array([deep]) }
        let bad: [Publication] = [
            publication { $0.messageID = String(repeating: "ü", count: 128) },
            publication { $0.headers = [String(repeating: "x", count: 256): 1] },
            publication { $0.headers = ["x": .bytes([UInt8](repeating: 0, count: 100_000))] },
            publication { $0.headers = ["x": deep] },
            Publication(
                exchange: "", routingKey: String(repeating: "k", count: 300), properties: AMQPProperties(), body: []),
        ]
        for message in bad {
            #expect { try message.validate() } throws: { ($0 as? AMQPError)?.kind == .invalidMessage }
        }
    }
}
