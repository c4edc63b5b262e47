import AuditTrail
import Contracts
import Testing

/// Guarantee 4 for the audit trail: what is personal does not get into a detail, and what entries are found by stays.
@Suite struct AuditDetailTests {
    private func kept(_ detail: [String: JSONValue]) -> [String: JSONValue] {
        AuditEntry(actor: "test", userID: nil, action: "test", outcome: "done", detail: detail).detail
    }

    @Test func personalTextIsTakenOutAtAnyDepth() {
        let detail = kept([
            "reason": "jane@example.org asked by telephone, +1 202-555-0143",
            "errors": ["could not reach 192.0.2.17", .object(["cause": "password=hunter2 refused"])],
            "access_token": "eyJhbGciOi", "user_id": "user-12345678",
        ])
        let text = JSONValue.object(detail).text
        for personal in ["jane", "0143", "192.0.2", "hunter2", "eyJ", "user-12345678"] {
            #expect(!text.contains(personal), "\(personal) in \(text)")
        }
        #expect(detail["reason"] == "[EMAIL] asked by telephone, [PHONE]")
    }

    @Test func whatEntriesAreFoundByStays() {
        let detail: [String: JSONValue] = [
            "message_id": "jane@example.org:7", "export_id": "01890a5d-ac96-774b-bcce-b302099a8057",
            "subject": "248289761001",
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", "reason": "consent_expired",
            "slot": "2026-11-24T03:00:00Z", "model": "claude-sonnet-5", "tweets": 800, "cost": 0.25, "again": false,
            "schedule": "retention", "version": "1.2.3",
        ]
        #expect(kept(detail) == detail)
    }
}
