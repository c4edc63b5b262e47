import FoundationEssentials
import Testing

@testable import TokenVault

@Suite(.timeLimit(.minutes(1)))
struct URLSafeBase64Tests {
    @Test func agreesWithTheStandardLibrary() {
        for length in 0..<100 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255) }
            let expected = Data(bytes).base64EncodedString()
                .replacing("+", with: "-").replacing("/", with: "_")
            #expect(URLSafeBase64.encode(bytes) == expected)
            #expect(URLSafeBase64.decode(expected) == bytes)
        }
    }

    @Test(arguments: [
        "Zg", "Zg=", "Zh==", "Zm9=", "Zg===", "=", "====", "Z===", "Zm9v\n", "Zm+v", "Zm/v", "Z g=", "Zg==Zg==", "Zmé",
    ])
    func refuses(_ text: String) { #expect(URLSafeBase64.decode(text) == nil) }
}
