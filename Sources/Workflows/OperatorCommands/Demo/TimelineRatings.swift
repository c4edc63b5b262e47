import FoundationEssentials

/// What people thought of each tweet, where the timeline file says so (`"sentiment"`, a number; its sign counts).
struct TimelineRatings: Sendable {
    let byTweet: [String: Double]

    static func read(path: String) throws(CommandFault) -> TimelineRatings {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw CommandFault(
                "the timeline \(path) cannot be read; give a file that exists and may be read", .configuration)
        }
        return try TimelineRatings(lines: Array(data), name: path)
    }

    init(lines: [UInt8], name: String) throws(CommandFault) {
        var ratings: [String: Double] = [:]
        for (index, line) in lines.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
        where !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) {
            guard let value = try? JSON(parsing: line),
                let id = value["id"]?.string ?? value["id"]?.integer.map(String.init)
            else {
                throw CommandFault(
                    "the timeline \(name), line \(index + 1): not a JSON object with an id", .configuration)
            }
            if let rating = value["sentiment"]?.number { ratings[id] = rating }
        }
        byTweet = ratings
    }
}
