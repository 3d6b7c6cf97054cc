import JSON
import OvalEdge
import Testing

@Suite struct `A reply that reports a failure` {
    @Test(arguments: [
        #"{"ok":false,"message":"M"}"#, #"{"ok":"false","message":"M"}"#, #"{"ok":"N","message":"M"}"#,
        #"{"ok":0,"message":"M"}"#, #"{"ok":"no","detail":"M"}"#, #"{"success":false,"message":"M"}"#,
        #"{"success":"False","message":"M"}"#, #"{"success":0,"errorMessage":"M"}"#,
        #"{"success":"failed","message":"M"}"#,
        #"{"status":"failed","message":"M"}"#, #"{"status":"FAILURE","message":"M"}"#,
        #"{"status":"error","message":"M"}"#, #"{"status":" Blocked ","message":"M"}"#,
        #"{"status":"denied","message":"M"}"#, #"{"status":"Access Denied","message":"M"}"#,
        #"{"status":"validation_error","message":"M"}"#, #"{"status":"not-found","message":"M"}"#,
        #"{"status":500,"message":"M"}"#, #"{"status":404,"error":"Not Found","message":"M"}"#,
        #"{"status":false,"message":"M"}"#, #"{"error":"M"}"#, #"{"error":{"message":"M"}}"#,
        #"{"error":{"detail":"M","code":7}}"#, #"{"error":true,"message":"M"}"#,
        #"{"error":"E_DOWN","message":"M"}"#, #"{"errors":"M"}"#, #"{"errors":["M"]}"#,
        #"{"errors":[{"message":"M"}]}"#, #"{"errors":{"name":"M"}}"#, #"{"errors":2,"message":"M"}"#,
        #"{"ok":true,"data":{"status":"failed","message":"M"}}"#,
        #"{"ok":true,"data":{"success":false,"message":"M"}}"#,
        #"{"ok":true,"data":{"error":"M"},"message":"done"}"#, #"{"data":{"errors":[{"message":"M"}]}}"#,
        #"{"ok":false,"data":{"message":"M"}}"#, #"{"success":false,"data":{"objectId":1,"name":"x","message":"M"}}"#,
        #"{"status":"failed","message":"M","data":{"objectId":1,"objectName":"x"}}"#,
        #"{"status":"blocked","updatedRoles":[],"blockedReasons":[{"field":"owner","message":"M"}]}"#,
        #"{"status":"failed","message":"M","items":[{"objectId":1,"objectName":"x"}]}"#,
        #"{"status":"500","message":"M","data":{"items":[],"total":0}}"#, #"{"code":500,"message":"M"}"#,
        #"{"statusCode":503,"message":"M"}"#, #"{"successful":false,"message":"M"}"#,
        #"{"fault":{"code":3},"message":"M"}"#, #"{"isSuccess":false,"message":"M"}"#,
        #"{"result":"failure","message":"M"}"#, #"{"resultCode":"404","message":"M"}"#,
        #"{"status":{"code":"ERROR"},"message":"M"}"#, #"{"errors":["M"],"data":{"items":[]}}"#,
    ])
    func `is an error that quotes why`(text: String) throws {
        let refusal = try #require(try Refusal(JSON(parsing: text)))
        #expect(refusal.message == "M")
        #expect(refusal.error.what == "OvalEdge refused the request: “M”.")
    }

    @Test(
        arguments: [
            ("{\"ok\":false}", nil), (#"{"success":"n"}"#, nil), (#"{"status":"error"}"#, "error"),
            (#"{"data":{"status":"blocked"}}"#, "blocked"), (#"{"errors":[{"line":1}]}"#, nil),
            (#"{"error":true}"#, nil),
        ] as [(String, String?)]
    )
    func `is one without a reason, too`(text: String, message: String?) throws {
        let refusal = try #require(try Refusal(JSON(parsing: text)))
        #expect(refusal.message == message)
    }
}

@Suite struct `A reply that only looks like a failure` {
    @Test(arguments: [
        "{}", "[]", #"{"ok":true}"#, #"{"ok":"true"}"#, #"{"ok":1}"#, #"{"ok":null}"#, #"{"success":"yes"}"#,
        #"{"success":true,"message":"0 rows failed"}"#, #"{"status":"success"}"#, #"{"status":"OK"}"#,
        #"{"status":200}"#, #"{"status":0}"#, #"{"status":true}"#, #"{"status":null}"#, #"{"status":""}"#,
        #"{"status":"partial_success"}"#, #"{"status":"partially_failed"}"#, #"{"status":"no_error"}"#,
        #"{"data":{"status":"INPUT_REQUIRED"}}"#, #"{"data":{"status":"cross_schema_blocked","message":"M"}}"#,
        #"{"data":{"status":"function_not_identified"}}"#, #"{"data":{"status":"DRAFT"}}"#,
        #"{"error":null}"#, #"{"error":false}"#, #"{"error":""}"#, #"{"error":"none"}"#, #"{"error":0}"#,
        #"{"error":[]}"#, #"{"errors":[]}"#, #"{"errors":{}}"#, #"{"errors":null}"#, #"{"errors":0}"#,
        #"{"errors":[null,"",{}]}"#, #"{"ok":true,"data":{"errors":[],"error":null,"status":"success"}}"#,
        #"{"ok":true,"data":{"objectId":1,"objectName":"x","status":"Failed","error":"yes","success":false}}"#,
        #"{"objectId":1,"objectName":"x","status":"rejected","error":"last crawl"}"#,
        #"{"ok":true,"data":{"businessGlossaryId":5,"termName":"x","status":"REJECTED"}}"#,
        #"{"ok":true,"data":{"ticketId":5,"summary":"x","status":"Cancelled"}}"#,
        #"{"ok":true,"data":{"details":{"objectId":1,"objectName":"x","status":"blocked","errors":["a"]}}}"#,
        #"{"ok":true,"data":{"items":[{"objectId":1,"status":"error","error":"yes"}]}}"#,
        #"{"ok":true,"data":{"rows":[{"status":"failed","message":"M"}],"failedCount":1}}"#,
        #"{"ok":true,"data":[{"objectId":1,"error":"yes"}]}"#,
        #"{"ok":true,"data":{"status":"FAILED","details":{"objectId":1,"objectName":"x"}}}"#,
        #"{"ok":true,"data":{"status":"failed","error":"last crawl","items":[{"objectId":1,"objectName":"x"}]}}"#,
        #"{"error":"No error"}"#, #"{"error":"N/A"}"#, #"{"error":"Success"}"#, #"{"errors":"0"}"#,
        #"{"errors":{"count":0}}"#, #"{"error":{"code":0,"message":""}}"#, #"{"code":"mcp.ok"}"#,
        #"{"ok":true,"data":{"id":1,"storyName":"x","status":"REJECTED"}}"#,
        #"{"items":[{"objectId":1}],"errors":["hop 3 was not loaded"]}"#,
        #"{"errors":["hop 3 was not loaded"],"data":{"nodes":[{"id":1}]}}"#,
        #"{"ok":true,"data":{"status":"partial_success","updatedFields":["a"],"errors":["b is locked"]}}"#,
        #"{"ok":false,"message":"1 of 2","data":{"status":"PARTIAL_SUCCESS","updatedFields":["a"]}}"#,
        #"{"ok":false,"data":{"results":[{"objectId":1},{"objectId":2,"error":"No."}]}}"#,
    ])
    func `is not seen in what is no refusal`(text: String) throws {
        #expect(try Refusal(JSON(parsing: text)) == nil)
    }
}
