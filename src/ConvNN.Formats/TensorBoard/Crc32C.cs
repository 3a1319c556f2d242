using System.Buffers.Binary;
using System.Numerics;

namespace ConvNN.Formats.TensorBoard;

/// <summary>CRC-32C, the Castagnoli polynomial (RFC 3720, section 12.1).</summary>
internal static class Crc32C
{
    // What TensorFlow adds to the checksums in its files, so that the checksum of data that hold checksums is not a weak one.
    private const uint Mask = 0xA282EAD8;

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint sum = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte rest in bytes)
        {
            sum = BitOperations.Crc32C(sum, rest);
        }

        return ~sum;
    }

    /// <summary>The checksum as records have it: turned by 15 bits, and a constant added.</summary>
    public static uint Masked(ReadOnlySpan<byte> bytes) => BitOperations.RotateRight(Of(bytes), 15) + Mask;
}
