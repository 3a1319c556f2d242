using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;

namespace ConvNN.Pictures.Formats;

/// <summary>
/// PNG files (W3C, Portable Network Graphics). The decoder takes no notice of checksums, so that they are checked here, before it:
/// those of the chunks, and of the compressed rows, whose size must be that of the picture.
/// </summary>
internal sealed class PngFormat : PictureFormat
{
    private const int HeaderBytes = 13;

    // Where the passes of an interlaced picture begin, and their steps, along x and y.
    private static readonly (int X, int Y, int StepX, int StepY)[] Passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];

    /// <inheritdoc/>
    public override string Name => "PNG";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Extensions { get; } = [".png"];

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <inheritdoc/>
    public override bool Begins(ReadOnlySpan<byte> file) => file.StartsWith(Signature);

    /// <inheritdoc/>
    public override Picture Decode(byte[] file, string name)
    {
        ReadOnlyMemory<byte> header = default;
        int orientation = Orientation.Upright;
        List<ReadOnlyMemory<byte>> rows = [];
        foreach ((string type, ReadOnlyMemory<byte> data) in Chunks(file, name))
        {
            if (header.IsEmpty != (type == "IHDR") || (type == "IHDR" && data.Length != HeaderBytes))
            {
                throw Damaged(name, $"chunk {type} of {data.Length} bytes is not expected here");
            }

            switch (type)
            {
                case "IHDR":
                    header = data;
                    CheckSize(name, BinaryPrimitives.ReadUInt32BigEndian(data.Span), BinaryPrimitives.ReadUInt32BigEndian(data.Span[4..]));
                    break;
                case "IDAT":
                    rows.Add(data);
                    break;
                case "eXIf":
                    orientation = Orientation.Of(data.Span);
                    break;
            }
        }

        if (header.IsEmpty)
        {
            throw Damaged(name, $"it has no header");
        }

        CheckRows(header.Span, rows, name);
        (int width, int height) = (BinaryPrimitives.ReadInt32BigEndian(header.Span), BinaryPrimitives.ReadInt32BigEndian(header.Span[4..]));
        (Picture? picture, string? reason) = StbDecoder.Decode(file, (long)width * height);
        return Orientation.Apply(picture ?? throw Damaged(name, $"{reason}"), orientation);
    }

    /// <summary>The chunks up to the last one: length, type, data, and a checksum of type and data.</summary>
    private static IEnumerable<(string Type, ReadOnlyMemory<byte> Data)> Chunks(byte[] file, string name)
    {
        int position = Signature.Length;
        string type = "";
        while (type != "IEND")
        {
            long left = file.Length - position - (3 * sizeof(uint));
            if (left < 0)
            {
                throw Damaged(name, $"it ends before its last chunk, IEND");
            }

            uint length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(position));
            type = Encoding.Latin1.GetString(file, position + sizeof(uint), sizeof(uint));
            if (!type.All(char.IsAsciiLetter))
            {
                throw Damaged(name, $"a chunk has the type 0x{Convert.ToHexString(file, position + sizeof(uint), sizeof(uint))}, which is not made of letters");
            }

            if (length > left)
            {
                throw Damaged(name, $"chunk {type} declares {length} bytes, but {left} are left");
            }

            int checksum = position + (2 * sizeof(uint)) + (int)length;
            if (BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(checksum)) != Crc32.HashToUInt32(file.AsSpan(position + sizeof(uint), (int)length + sizeof(uint))))
            {
                throw Damaged(name, $"the checksum of chunk {type} does not match");
            }

            yield return (type, file.AsMemory(position + (2 * sizeof(uint)), (int)length));
            position = checksum + sizeof(uint);
        }
    }

    private static void CheckRows(ReadOnlySpan<byte> header, List<ReadOnlyMemory<byte>> rows, string name)
    {
        MemoryStream compressed = new();
        rows.ForEach(part => compressed.Write(part.Span));
        compressed.Position = 0;
        long expected = RowBytes(header);
        long found = 0;
        byte[] buffer = new byte[(int)Math.Min(1 << 16, expected + 1)];
        using ZLibStream stream = new(compressed, CompressionMode.Decompress);
        try
        {
            int read;
            while (found <= expected && (read = stream.Read(buffer)) > 0)
            {
                found += read;
            }
        }
        catch (InvalidDataException)
        {
            throw Damaged(name, $"its rows cannot be decompressed after {found:N0} bytes of {expected:N0}");
        }

        if (found != expected)
        {
            throw Damaged(name, $"its rows have {(found > expected ? "more than " : "")}{Math.Min(found, expected):N0} bytes, expected {expected:N0}");
        }
    }

    /// <summary>The size of all rows, each with a byte for its filter.</summary>
    private static long RowBytes(ReadOnlySpan<byte> header)
    {
        (uint width, uint height, bool isInterlaced) = (BinaryPrimitives.ReadUInt32BigEndian(header), BinaryPrimitives.ReadUInt32BigEndian(header[4..]), header[12] != 0);
        int bits = header[8] * header[9] switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };
        return (isInterlaced ? Passes : [(0, 0, 1, 1)]).Sum(pass =>
        {
            long columns = (width - pass.X + pass.StepX - 1) / pass.StepX;
            long lines = (height - pass.Y + pass.StepY - 1) / pass.StepY;
            return columns <= 0 || lines <= 0 ? 0 : lines * (1 + (((columns * bits) + 7) / 8));
        });
    }
}
