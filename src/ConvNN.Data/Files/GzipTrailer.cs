using System.Buffers.Binary;
using System.Globalization;

namespace ConvNN.Data.Files;

/// <summary>The last eight bytes of a gzip file (RFC 1952, section 2.3.1).</summary>
/// <param name="Crc32">Checksum of the decoded bytes.</param>
/// <param name="Size">The number of decoded bytes modulo 2³².</param>
internal readonly record struct GzipTrailer(uint Crc32, uint Size)
{
    private const int Length = 2 * sizeof(uint);

    /// <summary>Checks that a file ends in the trailer that matches its decoded content.</summary>
    /// <remarks>
    /// The framework's decoder checks only a complete trailer. It accepts a file that ends before its trailer or continues after
    /// it, and one that lost bytes of stored data so that its trailer was read as data.
    /// </remarks>
    /// <exception cref="DatasetException">The file ends in different bytes.</exception>
    public static void Check(Stream stream, string name, GzipTrailer expected)
    {
        Span<byte> bytes = stackalloc byte[Length];
        stream.Position = stream.Length - Length;       // cannot be negative: a file that decoded has a header and data
        stream.ReadExactly(bytes);
        var found = new GzipTrailer(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[sizeof(uint)..]));

        if (found != expected)
        {
            throw new DatasetException(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: must end in its gzip trailer, CRC-32 0x{expected.Crc32:X8} and size {expected.Size:N0}, found 0x{found.Crc32:X8} and {found.Size:N0}; it is truncated, damaged or followed by other bytes; get the file again."));
        }
    }
}
