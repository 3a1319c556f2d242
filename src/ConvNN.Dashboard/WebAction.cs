namespace ConvNN.Dashboard;

/// <summary>Something that a page, or another program, can ask a <see cref="WebServer"/> for.</summary>
/// <param name="Method">The method of HTTP: GET or POST.</param>
/// <param name="Path">The path: <c>/predict</c>.</param>
/// <param name="Run">Answers a request.</param>
public sealed record WebAction(string Method, string Path, Func<WebRequest, CancellationToken, Task<WebAnswer>> Run)
{
    /// <summary>The most bytes of a request's body; 0 for none. An action that takes a body computes, so few run at once; others answer at once.</summary>
    public int MostBytes { get; init; }
}

/// <summary>What was asked.</summary>
/// <param name="ContentType">The media type of the body, without parameters; empty if there is none.</param>
/// <param name="Body">The body; empty if there is none.</param>
/// <param name="Query">The parameters of the address.</param>
public sealed record WebRequest(string ContentType, ReadOnlyMemory<byte> Body, IReadOnlyDictionary<string, string> Query);

/// <summary>An answer.</summary>
/// <param name="Status">The status of HTTP.</param>
/// <param name="Json">A JSON document.</param>
public sealed record WebAnswer(int Status, string Json)
{
    /// <summary>A result.</summary>
    /// <param name="json">A JSON document.</param>
    public static WebAnswer Of(string json) => new(200, json);

    /// <summary>Refuses a request that the client can mend.</summary>
    /// <param name="error">What is wrong, and what would be right.</param>
    /// <param name="status">The status of HTTP.</param>
    public static WebAnswer Refuse(string error, int status = 400) => new(status, new System.Text.Json.Nodes.JsonObject { ["error"] = error }.ToJsonString());
}
