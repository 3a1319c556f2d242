using System.Buffers.Binary;

namespace ConvNN.Pictures.Formats;

/// <summary>GIF files (CompuServe, GIF87a and GIF89a): their first frame.</summary>
internal sealed class GifFormat : PictureFormat
{
    private const int HeaderBytes = 13;
    private const int FrameBytes = 10;
    private const byte Extension = 0x21;
    private const byte Frame = 0x2C;

    /// <inheritdoc/>
    public override string Name => "GIF";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Extensions { get; } = [".gif"];

    /// <inheritdoc/>
    public override bool Begins(ReadOnlySpan<byte> file) => file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8);

    /// <inheritdoc/>
    public override Picture Decode(byte[] file, string name)
    {
        if (file.Length < HeaderBytes)
        {
            throw Damaged(name, $"it ends in its header");
        }

        (int width, int height) = (BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(6)), BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8)));
        CheckSize(name, width, height);
        CheckFirstFrame(file, name);
        (Picture? picture, string? reason) = StbDecoder.Decode(file, (long)width * height);
        return picture ?? throw Damaged(name, $"{reason}");
    }

    /// <summary>The decoder would fill the rest of a frame that was cut short.</summary>
    private static void CheckFirstFrame(ReadOnlySpan<byte> file, string name)
    {
        long position = HeaderBytes + PaletteBytes(file[10]);
        while (position < file.Length)
        {
            byte block = file[(int)position];
            if (block is not (Extension or Frame))
            {
                throw Damaged(name, $"it has no frame");
            }

            long data = block == Extension ? position + 2 : position + FrameBytes + (position + FrameBytes <= file.Length ? PaletteBytes(file[(int)position + FrameBytes - 1]) : 0) + 1;
            position = EndOfBlocks(file, data);
            if (block == Frame && position <= file.Length)
            {
                return;
            }
        }

        throw Damaged(name, $"it ends before its first frame does");
    }

    private static int PaletteBytes(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);

    /// <summary>One past a list of blocks, each led by its length; an empty one ends it.</summary>
    private static long EndOfBlocks(ReadOnlySpan<byte> file, long position)
    {
        while (position < file.Length && file[(int)position] != 0)
        {
            position += 1 + file[(int)position];
        }

        return position + 1;
    }
}
