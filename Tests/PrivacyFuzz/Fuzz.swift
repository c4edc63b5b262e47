import Glibc
import PrivacyProperties

/// libFuzzer's entry (see `make fuzz`). An even first byte: the rest is the text, read as UTF-8 as far as it goes. An odd one:
/// each byte of the rest stands for a piece of what detectors stumble over.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: start, count: count)
    guard let first = bytes.first else { return 0 }
    let rest = bytes.dropFirst()
    let pieces = TextPieces.all
    let text =
        first & 1 == 0
        ? String(decoding: rest, as: UTF8.self) : rest.prefix(80).map { pieces[Int($0) % pieces.count] }.joined()
    if let violation = PrivacyProperty.firstViolation(by: text) {
        print("\(text.debugDescription): \(violation)")
        fflush(nil)
        abort()
    }
    return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// What the package manager links as `main`: libFuzzer's own, which it would otherwise bring, has another name there.
@_cdecl("privacy_fuzz_main")
public func main(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    var (count, arguments) = (count, arguments)
    return runDriver(&count, &arguments) { testOneInput($0, $1) }
}
