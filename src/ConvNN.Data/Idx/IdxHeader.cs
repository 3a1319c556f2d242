using System.Buffers.Binary;
using System.Globalization;
using ConvNN.Data.Files;
using ConvNN.Files;

namespace ConvNN.Data.Idx;

/// <summary>
/// The header of an IDX file: two zero bytes, the type of a value, the number of dimensions (together the magic), then
/// each dimension as a big-endian 32-bit number.
/// </summary>
internal sealed class IdxHeader
{
    private const int MagicLength = 4;
    private const int DimensionLength = 4;
    private const byte UnsignedByte = 0x08;

    private IdxHeader(int[] dimensions, int dataLength)
    {
        Dimensions = dimensions;
        DataLength = dataLength;
    }

    /// <summary>The dimensions, outermost first; each at least 1.</summary>
    public int[] Dimensions { get; }

    /// <summary>Size of the header in bytes.</summary>
    public int Length => MagicLength + (DimensionLength * Dimensions.Length);

    /// <summary>Number of bytes after the header: the product of the dimensions.</summary>
    public int DataLength { get; }

    /// <summary>Encodes the header of an array of unsigned bytes with these dimensions.</summary>
    public static byte[] Encode(IReadOnlyList<int> dimensions)
    {
        byte[] header = new byte[MagicLength + (DimensionLength * dimensions.Count)];
        header[2] = UnsignedByte;
        header[3] = checked((byte)dimensions.Count);

        for (int i = 0; i < dimensions.Count; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(MagicLength + (DimensionLength * i)), dimensions[i]);
        }

        return header;
    }

    /// <summary>Reads and checks the header at the start of the decoded file.</summary>
    /// <exception cref="DatasetException">
    /// It is truncated, of another kind, empty, or declares more than <paramref name="maxBytes"/>.
    /// </exception>
    public static IdxHeader Read(Stream decoded, string name, IdxContent content, long maxBytes)
    {
        Span<byte> magic = stackalloc byte[MagicLength];
        int found = decoded.ReadUpTo(magic);

        if (found < MagicLength)
        {
            throw new DatasetException($"{name}: an IDX file begins with a magic number of {MagicLength} bytes, found {found}; get the file again.");
        }

        CheckMagic(magic, name, content);
        Span<byte> sizes = stackalloc byte[DimensionLength * magic[3]];
        found = decoded.ReadUpTo(sizes);

        if (found < sizes.Length)
        {
            throw new DatasetException(
                $"{name}: the header of {magic[3]} dimensions has {MagicLength + sizes.Length} bytes, found {MagicLength + found}; get the file again.");
        }

        return Parse(sizes, name, maxBytes);
    }

    /// <summary>The exception for a file whose data do not have the length in the header.</summary>
    /// <param name="name">The file.</param>
    /// <param name="found">The number of bytes found, as the end of a sentence.</param>
    public DatasetException Mismatch(string name, FormattableString found) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"{name}: header declares {string.Join('×', Dimensions)} = {DataLength:N0} bytes, found {FormattableString.Invariant(found)}; get the file again."));

    private static void CheckMagic(ReadOnlySpan<byte> magic, string name, IdxContent content)
    {
        bool isLabels = magic is [0, 0, UnsignedByte, 1];
        bool isImages = magic is [0, 0, UnsignedByte, 3 or 4];

        if (content == IdxContent.Labels ? isLabels : isImages)
        {
            return;
        }

        string hint = magic switch
        {
            _ when ForeignFile.NameOf(magic) is { } other => $"this looks like {other}; get the file again",
            not [0, 0, ..] => "this is not an IDX file; get it again",
            [_, _, not UnsignedByte, _] => $"values of type 0x{magic[2]:X2} are not supported; convert them to unsigned bytes",
            _ when isLabels || isImages => "images and labels are swapped; give the other file",
            _ when content == IdxContent.Labels => $"labels have one dimension, [N], and this file has {magic[3]}; write it with one",
            _ => $"images have the dimensions [N, H, W] or [N, C, H, W], and this file has {magic[3]}; write it with those, such as [N, 28, 28]",
        };
        string expected = content == IdxContent.Labels ? "0x00000801 (labels)" : "0x00000803 or 0x00000804 (images)";
        throw new DatasetException($"{name}: magic 0x{Convert.ToHexString(magic)} found, expected {expected}: {hint}.");
    }

    private static IdxHeader Parse(ReadOnlySpan<byte> sizes, string name, long maxBytes)
    {
        uint[] dimensions = new uint[sizes.Length / DimensionLength];
        UInt128 product = 1;        // at most four 32-bit numbers, so it cannot overflow

        for (int i = 0; i < dimensions.Length; i++)
        {
            dimensions[i] = BinaryPrimitives.ReadUInt32BigEndian(sizes[(DimensionLength * i)..]);
            product *= dimensions[i];
        }

        string shape = string.Join('×', dimensions);
        long limit = Math.Min(maxBytes, Array.MaxLength);

        if (product == 0)
        {
            throw new DatasetException($"{name}: header declares {shape} bytes, expected at least 1 in each dimension; get the file again.");
        }

        if (product > (UInt128)limit)
        {
            throw new DatasetException(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: header declares {shape} = {product:N0} bytes, expected at most {limit:N0}; get the file again."));
        }

        return new IdxHeader(Array.ConvertAll(dimensions, size => (int)size), (int)product);
    }
}
