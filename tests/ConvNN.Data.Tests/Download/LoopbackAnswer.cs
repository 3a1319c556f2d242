using System.Globalization;
using System.Text;

namespace ConvNN.Data.Tests.Download;

/// <summary>Writes the answer to a request.</summary>
/// <param name="stream">The connection.</param>
/// <param name="testIsOver">Ends waits.</param>
internal sealed class LoopbackAnswer(Stream stream, CancellationToken testIsOver)
{
    /// <summary>Writes the status line and headers.</summary>
    public Task HeadAsync(string status, params string[] headers) =>
        WriteAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 {status}\r\n{string.Concat(headers.Select(header => header + "\r\n"))}Connection: close\r\n\r\n"));

    /// <summary>Writes bytes of the body.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        await stream.WriteAsync(bytes, testIsOver);
        await stream.FlushAsync(testIsOver);
    }

    /// <summary>Writes a whole answer.</summary>
    public async Task WholeAsync(byte[] body, string status = "200 OK", params string[] headers)
    {
        await HeadAsync(status, [string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}"), .. headers]);
        await WriteAsync(body);
    }

    /// <summary>Writes a file as a proper server does: from the byte that is asked for if its version is the one that is asked for.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="body">The file.</param>
    /// <param name="tag">Its version.</param>
    public async Task FileAsync(LoopbackRequest request, byte[] body, string tag)
    {
        string version = $"ETag: \"{tag}\"";
        if (request.Resumes is not ({ } range, { } condition) || condition != $"\"{tag}\"")
        {
            await WholeAsync(body, headers: version);
            return;
        }

        int start = int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture);
        if (start >= body.Length)
        {
            await WholeAsync([], "416 Range Not Satisfiable", string.Create(CultureInfo.InvariantCulture, $"Content-Range: bytes */{body.Length}"));
            return;
        }

        string part = string.Create(CultureInfo.InvariantCulture, $"Content-Range: bytes {start}-{body.Length - 1}/{body.Length}");
        await WholeAsync(body[start..], "206 Partial Content", version, part);
    }

    /// <summary>Sends nothing more, and keeps the connection until the test is over or the client goes.</summary>
    public async Task SilenceAsync() => await stream.CopyToAsync(Stream.Null, testIsOver);
}
