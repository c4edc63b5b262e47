import Foundation
import Testing

/// What documents point to is there.
@Suite(.timeLimit(.minutes(1)))
struct LinkTests {
    @Test func everyLinkLeadsSomewhere() throws {
        var links = 0
        for document in try Project.documents() {
            let folder = document.contains("/") ? String(document.prefix { $0 != "/" }) : ""
            let base =
                document.contains("/")
                ? String(document[..<(document.lastIndex(of: "/") ?? document.startIndex)]) : folder
            for match in try Project.text(document).matches(of: /\]\(([^)\s]+)\)/) {
                let target = String(match.output.1)
                guard !target.hasPrefix("http"), !target.hasPrefix("mailto:") else { continue }
                links += 1
                let parts = target.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(
                    String.init)
                let path = parts[0].isEmpty ? document : normalized(base, parts[0])
                #expect(Project.exists(path), "\(document) points to \(target)")
                if parts.count == 2, path.hasSuffix(".md"), Project.exists(path) {
                    #expect(try anchors(path).contains(parts[1]), "\(document) points to \(target)")
                }
            }
        }
        #expect(links > 10)
    }

    /// `Suite.function` in COMPLIANCE.md names a test that exists.
    @Test func everyTestThatIsNamedExists() throws {
        let tests = try Project.sources("Tests")
        var named = 0
        for match in try Project.text("COMPLIANCE.md").matches(of: /`([A-Z][A-Za-z]+)\.([a-z][A-Za-z0-9]+)`/) {
            let (suite, function) = (String(match.output.1), String(match.output.2))
            named += 1
            #expect(tests.contains("func \(function)("), "\(suite).\(function)")
            #expect(tests.contains("struct \(suite)") || tests.contains("extension \(suite)"), "\(suite).\(function)")
        }
        #expect(named > 10)
    }

    /// Each requirement of X, Anthropic, the GDPR and the CCPA names the test that fails when it stops being met, and the code.
    @Test func everyRequirementNamesItsTest() throws {
        let text = try Project.text("COMPLIANCE.md")
        let (start, end) = (text.range(of: "## X Developer"), text.range(of: "## Incident response"))
        let part = text[try #require(start).lowerBound..<(try #require(end).lowerBound)]
        let rows = part.split(separator: "\n").filter {
            $0.hasPrefix("| ") && !$0.contains(#/^\| (---|requirement|article|section) /#)
        }
        #expect(rows.count >= 24)
        for row in rows { #expect(row.contains(/`[A-Z][A-Za-z]+\.[a-z][A-Za-z0-9]+`/), "\(row.prefix(60))") }
        for article in ["5 ", "6, 7 ", "12 ", "15, 20 ", "17 ", "25 ", "30 ", "32 ", "33 ", ".100", ".105", ".120"] {
            #expect(rows.contains { $0.hasPrefix("| " + article) }, "\(article)")
        }
    }

    @Test func everyGuaranteeNamesSuitesThatExist() throws {
        let tests = try Project.sources("Tests/GuaranteeTests")
        let lines = try Project.text("Tests/GUARANTEES").split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.count == 12)
        for line in lines {
            for suite in (line.split(separator: "|", omittingEmptySubsequences: false).last ?? "").split(separator: " ")
            {
                #expect(tests.contains("struct \(suite) "), "guarantee \(line.prefix(2)): \(suite)")
            }
        }
    }

    private func normalized(_ base: String, _ path: String) -> String {
        var parts = base.split(separator: "/").map(String.init)
        for part in path.split(separator: "/") {
            if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(String(part)) }
        }
        return parts.joined(separator: "/")
    }

    /// Headings as GitHub makes anchors of them.
    private func anchors(_ document: String) throws -> Set<String> {
        Set(
            try Project.text(document).split(separator: "\n").filter { $0.hasPrefix("#") }.map { line in
                line.drop { $0 == "#" || $0 == " " }.lowercased().filter {
                    $0.isLetter || $0.isNumber || " -_".contains($0)
                }
                .replacing(" ", with: "-")
            })
    }
}
