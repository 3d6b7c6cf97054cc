import CCurl

// What a transfer that has ended says of the connections it had.
extension CurlHandle {
    /// Whether the request has left, and may not do so again: what failed afterwards is a connection for nothing.
    var hasGoneForGood: Bool { goesOnce && (hasGone || oe_easy_long(easy, CURLINFO_REQUEST_SIZE) > 0) }

    /// Whether its transfer has used none but connections that were there.
    ///
    /// libcurl (at least up to 8.16) counts how often it sends again in the life of a handle, and gives up after the fifth
    /// time, although each was for another request.
    var hasOnlyReused: Bool { oe_easy_long(easy, CURLINFO_NUM_CONNECTS) == 0 }
}

/// Keeps libcurl from sending again by itself what may go out once only.
func requestBegins(
    _ context: UnsafeMutableRawPointer?,
    _ to: UnsafeMutablePointer<CChar>?,
    _ from: UnsafeMutablePointer<CChar>?,
    _ port: Int32,
    _ ownPort: Int32
) -> Int32 {
    guard let handle = handle(context), !handle.goesOnce || !handle.hasGone else { return 1 }
    handle.hasGone = true
    return 0
}
