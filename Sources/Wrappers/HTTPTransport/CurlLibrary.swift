import CCurl

enum CurlLibrary {
    /// Runs `curl_global_init` once per process; a `static let` is initialised under a lock.
    static func prepare() { _ = initialised }

    private static let initialised = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}
