import Export

enum ExportSchemaText {
    static var text: String { String(ExportSchema.text.dropLast()) }
}
