import CRabbitMQ

/// Memory for what one call hands to librabbitmq: text, bytes and tables, all given back together by `recycle`.
///
/// The library copies what it sends before the call returns, so a pool serves one call after another without `malloc`.
/// Not thread-safe; belongs to one connection.
struct WirePool: ~Copyable {
    private let pool: UnsafeMutablePointer<amqp_pool_t>

    init() {
        pool = .allocate(capacity: 1)
        init_amqp_pool(pool, 4096)
    }

    deinit {
        empty_amqp_pool(pool)
        pool.deallocate()
    }

    func recycle() { recycle_amqp_pool(pool) }

    func bytes(_ text: String) -> amqp_bytes_t {
        var text = text
        return text.withUTF8 { copy(UnsafeRawBufferPointer($0)) }
    }

    func bytes(_ bytes: [UInt8]) -> amqp_bytes_t {
        bytes.withUnsafeBytes { copy($0) }
    }

    func table(_ table: AMQPTable) -> amqp_table_t {
        guard !table.isEmpty, let raw = amqp_pool_alloc(pool, table.count * MemoryLayout<amqp_table_entry_t>.stride)
        else { return amqp_table_t(num_entries: 0, entries: nil) }
        let entries = raw.bindMemory(to: amqp_table_entry_t.self, capacity: table.count)
        for (index, (key, value)) in table.enumerated() {
            entries[index] = amqp_table_entry_t(key: bytes(key), value: field(value))
        }
        return amqp_table_t(num_entries: Int32(table.count), entries: entries)
    }

    func properties(_ source: AMQPProperties) -> amqp_basic_properties_t {
        var target = amqp_basic_properties_t()
        func set(_ text: String?, _ flag: Int32, _ path: WritableKeyPath<amqp_basic_properties_t, amqp_bytes_t>) {
            guard let text else { return }
            target[keyPath: path] = bytes(text)
            target._flags |= amqp_flags_t(flag)
        }
        set(source.contentType, AMQP_BASIC_CONTENT_TYPE_FLAG, \.content_type)
        set(source.contentEncoding, AMQP_BASIC_CONTENT_ENCODING_FLAG, \.content_encoding)
        set(source.correlationID, AMQP_BASIC_CORRELATION_ID_FLAG, \.correlation_id)
        set(source.replyTo, AMQP_BASIC_REPLY_TO_FLAG, \.reply_to)
        set(source.expiration, AMQP_BASIC_EXPIRATION_FLAG, \.expiration)
        set(source.messageID, AMQP_BASIC_MESSAGE_ID_FLAG, \.message_id)
        set(source.type, AMQP_BASIC_TYPE_FLAG, \.type)
        set(source.appID, AMQP_BASIC_APP_ID_FLAG, \.app_id)
        if let mode = source.deliveryMode {
            target.delivery_mode = mode
            target._flags |= amqp_flags_t(AMQP_BASIC_DELIVERY_MODE_FLAG)
        }
        if let timestamp = source.timestamp {
            target.timestamp = timestamp
            target._flags |= amqp_flags_t(AMQP_BASIC_TIMESTAMP_FLAG)
        }
        if !source.headers.isEmpty {
            target.headers = table(source.headers)
            target._flags |= amqp_flags_t(AMQP_BASIC_HEADERS_FLAG)
        }
        return target
    }

    private func copy(_ source: UnsafeRawBufferPointer) -> amqp_bytes_t {
        guard let base = source.baseAddress, !source.isEmpty, let target = amqp_pool_alloc(pool, source.count) else {
            return amqp_bytes_t(len: 0, bytes: nil)
        }
        target.copyMemory(from: base, byteCount: source.count)
        return amqp_bytes_t(len: source.count, bytes: target)
    }

    private func field(_ value: AMQPFieldValue) -> amqp_field_value_t {
        var field = amqp_field_value_t()
        func kind(_ kind: amqp_field_value_kind_t) { field.kind = UInt8(truncatingIfNeeded: kind.rawValue) }
        switch value {
        case .boolean(let flag):
            kind(AMQP_FIELD_KIND_BOOLEAN)
            field.value.boolean = flag ? 1 : 0
        case .integer(let number):
            kind(AMQP_FIELD_KIND_I64)
            field.value.i64 = number
        case .number(let number):
            kind(AMQP_FIELD_KIND_F64)
            field.value.f64 = number
        case .string(let text):
            kind(AMQP_FIELD_KIND_UTF8)
            field.value.bytes = bytes(text)
        case .bytes(let data):
            kind(AMQP_FIELD_KIND_BYTES)
            field.value.bytes = bytes(data)
        case .timestamp(let seconds):
            kind(AMQP_FIELD_KIND_TIMESTAMP)
            field.value.u64 = seconds
        case .table(let nested):
            kind(AMQP_FIELD_KIND_TABLE)
            field.value.table = table(nested)
        case .array(let values):
            kind(AMQP_FIELD_KIND_ARRAY)
            field.value.array = array(values)
        case .null: kind(AMQP_FIELD_KIND_VOID)
        }
        return field
    }

    private func array(_ values: [AMQPFieldValue]) -> amqp_array_t {
        guard !values.isEmpty, let raw = amqp_pool_alloc(pool, values.count * MemoryLayout<amqp_field_value_t>.stride)
        else { return amqp_array_t(num_entries: 0, entries: nil) }
        let entries = raw.bindMemory(to: amqp_field_value_t.self, capacity: values.count)
        for (index, value) in values.enumerated() { entries[index] = field(value) }
        return amqp_array_t(num_entries: Int32(values.count), entries: entries)
    }
}
