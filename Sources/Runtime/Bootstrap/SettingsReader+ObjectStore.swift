public import ObjectStore

extension SettingsReader {
    /// Reads `EXPORT_STORE` and, for S3, `AWS_REGION`, `AWS_ENDPOINT_URL`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
    /// `AWS_SESSION_TOKEN` and `EXPORT_STORE_ENCRYPTION`. Nil only together with a fault.
    public mutating func objectStore() -> ObjectStoreSettings? {
        do throws(ObjectStoreSettings.Fault) { return try ObjectStoreSettings { text($0) } } catch {
            fault(error.variable, error.problem)
            return nil
        }
    }
}
