/// Seals a stream of bytes: holds back the last chunk until it is known to be the last.
struct Sealer {
    private let layout: SealedLayout
    private var held: [UInt8] = []
    private var number = 0
    private var hasHead = false

    init(_ seal: ObjectSeal, _ key: ObjectKey) { layout = SealedLayout(seal, key) }

    /// What can be written of it already.
    mutating func append(_ bytes: [UInt8]) throws(ObjectStoreError) -> [UInt8] {
        held += bytes
        var sealed = takeHead()
        var start = 0
        while held.count - start > SealedLayout.chunk {
            let end = start + SealedLayout.chunk
            sealed += try layout.seal(held[start..<end], number: number, isLast: false)
            number += 1
            start = end
        }
        held.removeFirst(start)
        return sealed
    }

    mutating func finish() throws(ObjectStoreError) -> [UInt8] {
        takeHead() + (try layout.seal(held, number: number, isLast: true))
    }

    private mutating func takeHead() -> [UInt8] {
        if hasHead { return [] }
        hasHead = true
        return layout.head
    }
}
