/// The last requests, oldest first. Bounded in number and in bytes, so that a long load test does not eat the machine.
struct RequestLog {
    static let limit = 10_000
    static let byteLimit = 256 << 20

    private var records: [RequestRecord] = []
    private var first = 0
    private var bytes = 0

    mutating func append(_ record: RequestRecord) {
        records.append(record)
        bytes += record.size
        while records.count - first > Self.limit || (bytes > Self.byteLimit && records.count - first > 1) {
            bytes -= records[first].size
            first += 1
        }
        if first > 1_000 && first > records.count / 8 {  // dropping from the front one by one would be quadratic
            records.removeFirst(first)
            first = 0
        }
    }

    func listed(provider: String?) -> JSON {
        .array(records[first...].filter { provider == nil || $0.provider == provider }.map(\.json))
    }

    var count: Int { records.count - first }
}
