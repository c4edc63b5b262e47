import Foundation
import Privacy
import Testing

@testable import Export

/// What the manifest says of each category (GDPR Art. 15(1), 20(1)), and that it says so of all.
@Suite(.timeLimit(.minutes(1)))
struct ManifestTests {
    private let manifest: Privacy.JSONValue
    private let categories: [Privacy.JSONValue]

    init() throws {
        let manifest = Manifest(
            exportID: "e", userID: "user-1", requestedAt: Date(timeIntervalSince1970: 1_790_000_000),
            snapshotAt: Date(timeIntervalSince1970: 1_790_000_060), counts: ["tweets": 7],
            controller: Controller(name: "Tester", contact: "here"), holder: "a disk")
        self.manifest = try Privacy.JSONValue(parsing: manifest.json)
        categories = self.manifest["categories"]?.elements ?? []
    }

    /// Portable is what the person provided, or what was observed of them; not what was inferred, and not our own notes.
    @Test func theLabelsTellAccessFromPortability() {
        #expect(categories.count == ExportCategory.all.count)
        #expect(categories.allSatisfy { $0["labels"]?.elements?.contains("art15") == true })
        let portable = categories.filter { $0["labels"]?.elements?.contains("art20") == true }
        #expect(portable.compactMap { $0["name"]?.string } == ["profile", "subscriptions", "tweets", "usage"])
    }

    @Test func emptyCategoriesAreThereWithTheirCount() {
        let counts = categories.compactMap { $0["count"]?.integer }
        #expect(counts.count == categories.count && counts.reduce(0, +) == 7)
        #expect(categories.first { $0["name"] == "tweets" }?["count"] == 7)
    }

    @Test func everyCategorySaysWhyHowLongFromWhereAndToWhom() {
        let known = (manifest["recipients"]?.elements ?? []).compactMap { $0["name"]?.string }
        #expect(known.contains("X Corp.") && known.contains("Anthropic PBC") && known.contains("a disk"))
        for category in categories {
            let name = category["name"]?.string ?? "?"
            for word in ["title", "explanation", "retention", "source"] {
                #expect(category[word]?.string?.isEmpty == false, "\(name) has no \(word)")
            }
            #expect(category["purposes"]?.elements?.isEmpty == false, "\(name) has no purpose")
            let recipients = (category["recipients"]?.elements ?? []).compactMap(\.string)
            #expect(recipients.contains("a disk") && Set(recipients).isSubset(of: known), "\(name): \(recipients)")
        }
        let readers = categories.filter { $0["recipients"]?.elements?.contains("Anthropic PBC") == true }
        #expect(readers.compactMap { $0["name"]?.string } == ["tweets", "analyses"])
        for word in ["Art. 16", "Art. 17", "Art. 18"] {
            #expect(manifest["rights"]?.elements?.contains { $0.string?.contains(word) == true } == true)
        }
    }
}
