import Crypto
import Privacy

private typealias JSONValue = Privacy.JSONValue

/// Checks a document as it comes, line by line, at constant memory: form, schema, counts, digest. A struct without I/O.
struct DocumentCheck {
    /// Of a line: a record is far shorter.
    static let longestLine = 16 << 20

    private enum Place {
        case manifest
        /// Before the opening line of the category of this number.
        case before(Int)
        case records(Int, count: Int, mayFollow: Bool)
        case end
    }

    private let rules: [String: SchemaRule]
    private var place = Place.manifest
    private var held: [UInt8] = []
    private var digest = SHA256()
    private var lines = 0
    private(set) var problems: [String] = []
    private(set) var counts: [(name: String, count: Int)] = []
    private(set) var exportID: String?
    private(set) var snapshotAt: String?
    private var promised: [String: Int] = [:]

    init() throws(SchemaRule.Unknown) {
        let schema = ExportSchema.value
        var rules: [String: SchemaRule] = [:]
        for name in ["manifest", "digest"] {
            rules[name] = try SchemaRule(schema["properties"]?[name] ?? [:], root: schema)
        }
        for category in ExportCategory.all {
            rules[category.name] = try SchemaRule(schema["$defs"]?[category.name] ?? [:], root: schema)
        }
        self.rules = rules
    }

    mutating func read(_ bytes: [UInt8]) {
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            held += bytes[start..<end]
            take(held)
            held.removeAll(keepingCapacity: true)
            start = end + 1
        }
        held += bytes[start...]
        if held.count > Self.longestLine {
            problem("line \(lines + 1) is longer than any of an export")
            held = []
        }
    }

    mutating func finish() {
        if !held.isEmpty { problem("the document goes on after its last line") }
        guard case .end = place else { return problem("the document ends before its digest: it is cut off") }
        for (name, count) in counts where promised[name] != count {
            problem("\(name) has \(count) records, the manifest says \(promised[name] ?? 0)")
        }
    }

    // MARK: Lines

    private mutating func take(_ line: [UInt8]) {
        lines += 1
        if case .before(let number) = place, number == ExportCategory.all.count { return takeDigest(line) }
        digest.update(data: line)
        digest.update(data: [UInt8(ascii: "\n")])
        switch place {
        case .manifest: takeManifest(line)
        case .before(let number):
            if line.elementsEqual("\"\(ExportCategory.all[number].name)\":[".utf8) {
                place = .records(number, count: 0, mayFollow: true)
            } else {
                problem("line \(lines) should begin \(ExportCategory.all[number].name)")
            }
        case .records(let number, let count, let mayFollow): takeRecord(line, number, count, mayFollow)
        case .end: problem("line \(lines) comes after the end")
        }
    }

    private mutating func takeManifest(_ line: [UInt8]) {
        place = .before(0)
        let opening = Array("{\"manifest\":".utf8)
        guard line.starts(with: opening), line.last == UInt8(ascii: ","),
            let manifest = try? JSONValue(parsing: line[opening.count..<(line.count - 1)])
        else { return problem("the first line is not the manifest of an export") }
        check(manifest, "manifest")
        exportID = manifest["export_id"]?.string
        snapshotAt = manifest["snapshot_at"]?.string
        for category in manifest["categories"]?.elements ?? [] {
            if let name = category["name"]?.string { promised[name] = category["count"]?.integer.map { Int($0) } }
        }
    }

    private mutating func takeRecord(_ line: [UInt8], _ number: Int, _ count: Int, _ mayFollow: Bool) {
        let name = ExportCategory.all[number].name
        if line.elementsEqual("],".utf8) {
            if mayFollow, count > 0 { problem("\(name) ends with a comma") }
            counts.append((name, count))
            place = .before(number + 1)
            return
        }
        if !mayFollow { problem("line \(lines): a comma is missing before it") }
        let hasComma = line.last == UInt8(ascii: ",")
        if let record = try? JSONValue(parsing: hasComma ? line.dropLast() : line[...]) {
            check(record, "\(name)[\(count)]", rule: name)
        } else {
            problem("line \(lines), in \(name), is not a JSON object")
        }
        place = .records(number, count: count + 1, mayFollow: hasComma)
    }

    private mutating func takeDigest(_ line: [UInt8]) {
        place = .end
        let opening = Array("\"digest\":".utf8)
        guard line.starts(with: opening), line.last == UInt8(ascii: "}"),
            let value = try? JSONValue(parsing: line[opening.count..<(line.count - 1)])
        else { return problem("the last line is not the digest") }
        check(value, "digest")
        let found = digest.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
        if value["value"]?.string != found { problem("the digest is another: the document is not as it was made") }
    }

    private mutating func check(_ value: Privacy.JSONValue, _ path: String, rule: String? = nil) {
        if let fault = rules[rule ?? path]?.fault(of: value, at: path) { problem(fault) }
    }

    /// The first twenty tell enough.
    private mutating func problem(_ text: String) {
        if problems.count < 20 { problems.append(text) }
    }
}
