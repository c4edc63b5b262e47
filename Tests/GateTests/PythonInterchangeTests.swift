import Foundation
import Privacy
import Testing

@testable import TokenVault

/// Python's `cryptography` and the vault read each other. Runs where python3 has the package.
@Suite(.timeLimit(.minutes(2)), .enabled(if: Python.hasCryptography, "python3 has no package `cryptography`"))
struct PythonInterchangeTests {
    let key = FernetKey.generate()
    let secret = "token-Größe-🔑-" + String(repeating: "z", count: 40)

    @Test func pythonReadsWhatTheVaultWrote() throws {
        let text = try TokenVault(keys: SecretString(key)).encrypt(SecretString(secret), at: Date())
        let read = try Python.run(
            """
            from cryptography.fernet import Fernet
            key, text = sys.stdin.read().split()
            sys.stdout.write(Fernet(key).decrypt(text, ttl=60).decode())
            """, "\(key) \(text)")
        #expect(read == secret)
    }

    @Test func theVaultReadsWhatPythonWrote() throws {
        let text = try Python.run(
            """
            from cryptography.fernet import Fernet, MultiFernet
            first, second, secret = sys.stdin.read().split()
            sys.stdout.write(MultiFernet([Fernet(first), Fernet(second)]).encrypt(secret.encode()).decode())
            """, "\(key) \(FernetKey.generate()) \(secret)")
        let vault = try TokenVault(keys: SecretString("\(FernetKey.generate()),\(key)"))
        #expect(try vault.decrypt(text, maximumAge: .seconds(60), at: Date()).reveal() == secret)
    }

    @Test func theVaultTakesAKeyThatPythonMade() throws {
        let key = try Python.run(
            "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode(), end='')", "")
        #expect(FernetKey(key) != nil)
    }
}

enum Python {
    static let hasCryptography = (try? run("import cryptography.fernet; print('yes', end='')", "")) == "yes"

    /// Keys go by standard input, as arguments can be seen by every process.
    static func run(_ script: String, _ input: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", "import sys\n" + script]
        let (stdin, stdout) = (Pipe(), Pipe())
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = FileHandle.nullDevice
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: output, as: UTF8.self) : ""
    }
}
