/// Names in Redis of what is counted for a provider. The braces make all of one provider lie in one slot of a cluster.
enum RateKeys {
    static func prefix(of provider: String) -> String { "repazoo:rate:{\(provider)}:" }
}
