import HTTP
import Testing

@Suite struct `How long an answer is fresh` {
    @Test(
        arguments: [
            ([:], 3600), (["Cache-Control": "max-age=600"], 600), (["cache-control": "Public , Max-Age = 600"], 600),
            (["Cache-Control": #"max-age="600""#], 600), (["Cache-Control": "max-age=600, no-cache"], 300),
            (["Cache-Control": "no-store"], 300), (["Cache-Control": "max-age=0"], 300),
            (["Cache-Control": "max-age=-1"], 3600), (["Cache-Control": "max-age=soon"], 3600),
            (["Cache-Control": "max-age=99999999999999999999"], 86_400), (["Cache-Control": "s-maxage=600"], 3600),
            (["Expires": "Sun, 06 Nov 1994 09:49:37 GMT", "Date": "Sun, 06 Nov 1994 08:59:37 GMT"], 3000),
            (["Expires": "Sun, 06 Nov 1994 09:49:37 GMT"], 1000), (["Expires": "0"], 300),
            (["Expires": "0", "Cache-Control": "max-age=600"], 600),
        ] as [(HTTPFields, Double)]
    )
    func `is what its fields say, within bounds`(fields: HTTPFields, seconds: Double) {
        let response = HTTPResponse(.ok, fields: fields)
        #expect(response.freshSeconds(within: 300...86_400, usual: 3600, at: 784_111_777 + 2600) == seconds)
    }
}
