import CMicroHTTPD
import HTTP

/// One connection of the library; usable on its thread, and while the connection rests.
struct MHDConnection: @unchecked Sendable {
    let pointer: OpaquePointer

    var descriptor: Int32 { oe_mhd_descriptor(pointer) }

    func suspend() { MHD_suspend_connection(pointer) }
    func resume() { MHD_resume_connection(pointer) }

    /// Whether the head whose first word is at `method` is one in which no line was taken for its end.
    func endsInEmptyLine(_ method: UnsafePointer<CChar>) -> Bool { oe_mhd_ends_in_empty_line(pointer, method) != 0 }

    func isAboutToEnd() { oe_mhd_remember(pointer) }

    /// The fields of the head that has been read, and where they say that the request ends.
    func fields() -> (HTTPFields, RequestFraming) {
        var reader = FieldReader()
        reader.fields.reserveCapacity(16)
        withUnsafeMutablePointer(to: &reader) { pointer in
            _ = MHD_get_connection_values_n(
                self.pointer,
                oe_mhd_header_fields(),
                { reader, _, name, nameCount, value, valueCount in
                    reader?.assumingMemoryBound(to: FieldReader.self).pointee.take(
                        UnsafeRawBufferPointer(start: name, count: name == nil ? 0 : nameCount),
                        UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : valueCount)
                    )
                    return oe_mhd_yes()
                },
                pointer
            )
        }
        return (reader.fields, reader.framing)
    }

    private struct FieldReader {
        var fields = HTTPFields()
        var framing = RequestFraming()

        mutating func take(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
            framing.look(at: name, value)
            let value = Self.withoutBlanks(value)
            let (nameText, text) = (String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
            if framing.problem != nil || value.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
                fields.append(nameText, text)
            } else {
                fields.appendOneLine(nameText, text)
            }
        }

        /// Those behind a value are no part of it (RFC 9110 §5.5); the library leaves out only those before it.
        private static func withoutBlanks(_ value: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
            let end = value.lastIndex { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
            return UnsafeRawBufferPointer(rebasing: value[..<(end.map { $0 + 1 } ?? 0)])
        }
    }

    /// Queues what to send; false when the library cannot, and the connection then ends.
    func send(_ status: HTTPStatus, _ response: MHDResponse?) -> Bool {
        guard let response else { return false }
        defer { MHD_destroy_response(response.pointer) }
        return MHD_queue_response(pointer, UInt32(status.rawValue), response.pointer) == oe_mhd_yes()
    }
}
