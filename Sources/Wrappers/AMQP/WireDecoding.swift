import CRabbitMQ

// Everything here copies: librabbitmq reuses the memory behind a frame at the next `amqp_maybe_release_buffers`.

extension String {
    /// Bytes that are no UTF-8 are repaired with U+FFFD; the reader checks what it needs.
    init(_ bytes: amqp_bytes_t) {
        self = String(decoding: UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len), as: UTF8.self)
    }
}

extension AMQPProperties {
    init(_ source: amqp_basic_properties_t) {
        func text(_ flag: Int32, _ bytes: amqp_bytes_t) -> String? {
            source._flags & amqp_flags_t(flag) != 0 ? String(bytes) : nil
        }
        contentType = text(AMQP_BASIC_CONTENT_TYPE_FLAG, source.content_type)
        contentEncoding = text(AMQP_BASIC_CONTENT_ENCODING_FLAG, source.content_encoding)
        correlationID = text(AMQP_BASIC_CORRELATION_ID_FLAG, source.correlation_id)
        replyTo = text(AMQP_BASIC_REPLY_TO_FLAG, source.reply_to)
        expiration = text(AMQP_BASIC_EXPIRATION_FLAG, source.expiration)
        messageID = text(AMQP_BASIC_MESSAGE_ID_FLAG, source.message_id)
        type = text(AMQP_BASIC_TYPE_FLAG, source.type)
        appID = text(AMQP_BASIC_APP_ID_FLAG, source.app_id)
        if source._flags & amqp_flags_t(AMQP_BASIC_DELIVERY_MODE_FLAG) != 0 { deliveryMode = source.delivery_mode }
        if source._flags & amqp_flags_t(AMQP_BASIC_TIMESTAMP_FLAG) != 0 { timestamp = source.timestamp }
        if source._flags & amqp_flags_t(AMQP_BASIC_HEADERS_FLAG) != 0 { headers = AMQPFieldValue.table(source.headers) }
    }
}

extension AMQPFieldValue {
    static func table(_ source: amqp_table_t) -> AMQPTable {
        guard let entries = source.entries else { return [:] }
        var table = AMQPTable(minimumCapacity: Int(source.num_entries))
        for entry in UnsafeBufferPointer(start: entries, count: Int(source.num_entries)) {
            table[String(entry.key)] = AMQPFieldValue(entry.value)
        }
        return table
    }

    init(_ source: amqp_field_value_t) {
        let value = source.value
        switch amqp_field_value_kind_t(rawValue: UInt32(source.kind)) {
        case AMQP_FIELD_KIND_BOOLEAN: self = .boolean(value.boolean != 0)
        case AMQP_FIELD_KIND_I8: self = .integer(Int64(value.i8))
        case AMQP_FIELD_KIND_U8: self = .integer(Int64(value.u8))
        case AMQP_FIELD_KIND_I16: self = .integer(Int64(value.i16))
        case AMQP_FIELD_KIND_U16: self = .integer(Int64(value.u16))
        case AMQP_FIELD_KIND_I32: self = .integer(Int64(value.i32))
        case AMQP_FIELD_KIND_U32: self = .integer(Int64(value.u32))
        case AMQP_FIELD_KIND_I64: self = .integer(value.i64)
        case AMQP_FIELD_KIND_U64: self = .integer(Int64(clamping: value.u64))
        case AMQP_FIELD_KIND_F32: self = .number(Double(value.f32))
        case AMQP_FIELD_KIND_F64: self = .number(value.f64)
        case AMQP_FIELD_KIND_UTF8: self = .string(String(value.bytes))
        case AMQP_FIELD_KIND_BYTES:
            self = .bytes([UInt8](UnsafeRawBufferPointer(start: value.bytes.bytes, count: value.bytes.len)))
        case AMQP_FIELD_KIND_TIMESTAMP: self = .timestamp(value.u64)
        case AMQP_FIELD_KIND_TABLE: self = .table(Self.table(value.table))
        case AMQP_FIELD_KIND_ARRAY:
            let entries = UnsafeBufferPointer(start: value.array.entries, count: Int(value.array.num_entries))
            self = .array(entries.map { AMQPFieldValue($0) })
        default: self = .null
        }
    }
}
