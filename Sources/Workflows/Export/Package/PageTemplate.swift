/// The page for people, cut where the data go.
enum PageTemplate {
    static let (before, after) = cut()

    private static let mark = Array("/*DATA*/".utf8)

    private static func cut() -> (before: [UInt8], after: [UInt8]) {
        let bytes = PackageResources.page_html
        for start in bytes.indices where bytes[start] == mark[0] && bytes[start...].starts(with: mark) {
            return (Array(bytes[..<start]), Array(bytes[(start + mark.count)...]))
        }
        preconditionFailure("page.html has no place for the data")
    }
}
