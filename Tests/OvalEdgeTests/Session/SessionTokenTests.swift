import Testing

@testable import OvalEdge

@Suite struct `A session token` {
    @Test(arguments: [
        // Received at 1000; claims, then when it ends and when it is renewed.
        (#"{"exp":4600}"#, 4600.0, 4540.0),
        (#"{"exp":4600.5}"#, 4600.5, 4540.5),
        (#"{"exp":"4600"}"#, 4600, 4540),
        (#"{"exp":1300}"#, 1300, 1240),
        (#"{"exp":1100}"#, 1100, 1095),
        (#"{"iat":1000,"exp":1006}"#, 1006, 1005.7),
        // Issued a fraction of a second ago, by a clock that shows whole seconds.
        (#"{"iat":999.5,"exp":1005.5}"#, 1005.5, 1005.2),
        // Issued a while ago.
        (#"{"iat":900,"exp":1100}"#, 1100, 1090),
        // The server's clock is ahead: the life counts from the receipt.
        (#"{"iat":1500,"exp":1600}"#, 1100, 1095),
        // The server's clock is behind: the token is new all the same.
        (#"{"iat":100,"exp":400}"#, 1300, 1240),
        (#"{"iat":100,"exp":110}"#, 1010, 1009.5),
        // Ended before it came, or nonsense: a short time.
        (#"{"exp":900}"#, 1300, 1240),
        (#"{"exp":0}"#, 1300, 1240),
        (#"{"exp":-5}"#, 1300, 1240),
    ])
    func `ends and is renewed in time`(_ claims: String, _ expiry: Double, _ renewal: Double) {
        let token = SessionToken(jwt(claims), receivedAt: 1000)
        #expect(abs(token.expiry - expiry) < 0.001)
        #expect(abs(token.renewal - renewal) < 0.001)
    }

    @Test(
        arguments: [
            (#"{"exp":4600}"#, 60), (#"{"exp":1059}"#, 0), (#"{"exp":1e300}"#, nil), (#"{"exp":1e19}"#, nil),
            (#"{"exp":-1e300}"#, 5), ("{}", nil),
        ] as [(String, Int?)]
    )
    func `is good for so many minutes, where its end can be foreseen`(_ claims: String, _ minutes: Int?) {
        #expect(SessionToken(jwt(claims), receivedAt: 1000).wholeMinutes == minutes)
    }

    @Test(arguments: ["{}", #"{"sub":"ann"}"#, #"{"exp":"soon"}"#, #"{"exp":null}"#])
    func `that does not say when it ends never ends`(_ claims: String) {
        let token = SessionToken(jwt(claims), receivedAt: 1000)
        #expect(token.expiry == .infinity && token.renewal == .infinity)
    }

    @Test(arguments: ["opaque", "a.b", "a.b.c", "..", "a.!!.c", "a.e30.c.d", jwt("[1]"), jwt("{")])
    func `that cannot be read lives for five minutes`(_ text: String) {
        let token = SessionToken(text, receivedAt: 1000)
        #expect(token.expiry == 1300 && token.renewal == 1240)
    }

    @Test func `is never printed`() {
        let text = jwt(#"{"exp":4600}"#)
        #expect(!"\(SessionToken(text, receivedAt: 0))".contains(text))
    }
}
