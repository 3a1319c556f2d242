namespace ConvNN.Files;

/// <summary>Names the files of other programs that are most often given in place of the right one.</summary>
public static class ForeignFile
{
    /// <summary>What a file is, by its first four bytes: the end of a sentence; null if it is none of these.</summary>
    /// <param name="begin">Its first bytes. They need not be unmistakable: ask only for a file that is not what it should be.</param>
    public static string? NameOf(ReadOnlySpan<byte> begin) => begin switch
    {
        [(byte)'v', (byte)'e', (byte)'r', (byte)'s', ..] => "a pointer of Git LFS (git lfs pull gets the file itself)",
        [(byte)'<', ..] => "a web page",
        [(byte)'{', ..] => "JSON",
        [(byte)'P', (byte)'K', 3, 4, ..] => "a zip archive, which PyTorch and Keras write",
        [0x80, >= 2 and <= 5, ..] => "a pickled Python object, which PyTorch writes",
        [0x89, (byte)'H', (byte)'D', (byte)'F', ..] => "an HDF5 file, which Keras writes",
        [0x93, (byte)'N', (byte)'U', (byte)'M', ..] => "a NumPy array",
        [0x08, < 0x20, 0x12, ..] => "an ONNX model",
        [0x1F, 0x8B, ..] => "a file compressed by gzip",
        _ => null,
    };
}
