/// The values of one statement, laid out as libpq wants them: one buffer of bytes and where each value begins.
public struct PostgresParameters: Sendable {
    struct Slot: Sendable {
        var offset: Int32
        /// -1 is NULL.
        var length: Int32
        var isBinary: Bool
    }

    private(set) var bytes: [UInt8] = []
    private(set) var slots: [Slot] = []
    /// The first value that cannot be sent; thrown when the statement is run, since interpolation cannot throw.
    private(set) var defect: String?

    init() {}

    public mutating func appendNull() {
        slots.append(Slot(offset: 0, length: -1, isBinary: false))
    }

    /// Sends text; its type is what the statement makes of the placeholder. PostgreSQL stores no NUL byte in text.
    public mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(utf8: $0) }
    }

    /// The same for text that is at hand as UTF-8.
    mutating func append(text utf8: [UInt8]) { utf8.withUnsafeBufferPointer { append(utf8: $0) } }

    /// Sends a `bytea` in binary form.
    public mutating func append(bytes value: [UInt8]) {
        begin(length: value.count, isBinary: true)
        bytes.append(contentsOf: value)
        // An empty buffer has no address, and libpq takes a null pointer for NULL.
        bytes.append(0)
    }

    /// Refuses the statement when it is run. `reason` must not hold the value.
    public mutating func refuse(_ reason: String) {
        if defect == nil { defect = "parameter $\(slots.count + 1): \(reason)" }
        appendNull()
    }

    /// Refuses the statement for a reason that is no parameter's.
    mutating func reject(_ reason: String) {
        if defect == nil { defect = reason }
    }

    private mutating func append(utf8: UnsafeBufferPointer<UInt8>) {
        guard !utf8.contains(0) else { return refuse("text holds a NUL byte, which PostgreSQL cannot store") }
        begin(length: utf8.count, isBinary: false)
        bytes.append(contentsOf: utf8)
        bytes.append(0)
    }

    private mutating func begin(length: Int, isBinary: Bool) {
        // PostgreSQL's own limit for one value is 1 GiB less a little, so larger offsets are never of use.
        guard bytes.count + length < Int(Int32.max) - 1 else {
            return reject("the parameters are larger than 2 GiB")
        }
        slots.append(Slot(offset: Int32(bytes.count), length: Int32(length), isBinary: isBinary))
    }
}
