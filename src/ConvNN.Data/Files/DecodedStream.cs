namespace ConvNN.Data.Files;

/// <summary>Reads streams that decode as they go, such as those of gzip and PNG files.</summary>
internal static class DecodedStream
{
    /// <summary>Reads until <paramref name="buffer"/> is full or the stream gives no more, and returns the bytes read.</summary>
    /// <remarks>
    /// A decoder that meets damage has given all that it can: what follows is told from too small a count. Whether a
    /// file cut short is damage to it or a silent end depends on a switch of the process.
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
