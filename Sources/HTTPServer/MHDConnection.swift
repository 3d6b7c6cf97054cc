import CMicroHTTPD
import HTTP

/// One connection of the library; usable on its thread, and while the connection rests.
struct MHDConnection: @unchecked Sendable {
    let pointer: OpaquePointer

    var descriptor: Int32 { oe_mhd_descriptor(pointer) }

    func suspend() { MHD_suspend_connection(pointer) }
    func resume() { MHD_resume_connection(pointer) }

    /// The fields of the head that has been read.
    var fields: HTTPFields {
        var fields = HTTPFields()
        fields.reserveCapacity(12)
        withUnsafeMutablePointer(to: &fields) { pointer in
            _ = MHD_get_connection_values_n(
                self.pointer,
                oe_mhd_header_fields(),
                { fields, _, name, nameCount, value, valueCount in
                    guard let fields else { return oe_mhd_yes() }
                    fields.assumingMemoryBound(to: HTTPFields.self).pointee
                        .append(MHDConnection.text(name, nameCount), MHDConnection.text(value, valueCount))
                    return oe_mhd_yes()
                },
                pointer
            )
        }
        return fields
    }

    private static func text(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
        String(decoding: UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count), as: UTF8.self)
    }

    /// Queues what to send; false when the library cannot, and the connection then ends.
    func send(_ status: HTTPStatus, _ response: MHDResponse?) -> Bool {
        guard let response else { return false }
        defer { MHD_destroy_response(response.pointer) }
        return MHD_queue_response(pointer, UInt32(status.rawValue), response.pointer) == oe_mhd_yes()
    }
}
