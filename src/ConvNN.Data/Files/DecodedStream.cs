namespace ConvNN.Data.Files;

/// <summary>Reads decoding streams, such as those of gzip files.</summary>
internal static class DecodedStream
{
    /// <summary>Reads until <paramref name="buffer"/> is full or the stream ends, and returns the number of bytes read.</summary>
    /// <remarks>
    /// Damaged data count as the end of the stream: callers notice it by the count, which is too small. Whether the decoder
    /// reports a truncated file as damaged or just ends depends on a switch of the process.
    /// </remarks>
    public static int ReadUpTo(this Stream stream, Span<byte> buffer)
    {
        int count = 0;
        try
        {
            int read;
            while (count < buffer.Length && (read = stream.Read(buffer[count..])) > 0)
            {
                count += read;
            }
        }
        catch (InvalidDataException)
        {
        }

        return count;
    }
}
