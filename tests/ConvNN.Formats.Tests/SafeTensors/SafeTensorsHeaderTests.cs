using System.Text;
using ConvNN.Formats.SafeTensors;

namespace ConvNN.Formats.Tests.SafeTensors;

public class SafeTensorsHeaderTests
{
    [Fact]
    public void Read_KnownGoodFile_IsUnderstood()
    {
        Assert.Equal([0x3C, 0, 0, 0, 0, 0, 0, 0], SafeTensorsBytes.Good[..8]);

        SafeTensorsHeader header = SafeTensorsBytes.Read(SafeTensorsBytes.Good);

        SafeTensor tensor = Assert.Single(header.Tensors);
        Assert.Equal(("test", "I32", 0L, 16L), (tensor.Name, tensor.Type, tensor.Begin, tensor.End));
        Assert.Equal([2L, 2L], tensor.Shape);
        Assert.Equal((68L, 0), (header.DataStart, header.Metadata.Count));
    }

    [Theory]
    [InlineData("""{"test":{"dtype":"I32","shape":[2,0],"data_offsets":[0,0]}}""", 0)]
    [InlineData("""{"scalar":{"dtype":"F64","shape":[],"data_offsets":[0,8]}}""", 8)]
    [InlineData("""{}""", 0)]
    [InlineData("""{"__metadata__":{}}   """, 0)]
    [InlineData("""{"__metadata__":{"format":"pt","ä":"\u0001"},"b":{"data_offsets":[4,6],"shape":[2],"dtype":"BOOL"},"a":{"dtype":"BF16","shape":[1,2],"data_offsets":[0,4]}}""", 6)]
    [InlineData("""{"empty":{"dtype":"F32","shape":[0],"data_offsets":[4,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4)]
    public void Read_OtherGoodFile_IsUnderstood(string json, int data)
    {
        SafeTensorsHeader header = SafeTensorsBytes.Read(SafeTensorsBytes.Of(json, data));

        Assert.Equal(data, header.Tensors.Sum(tensor => tensor.End - tensor.Begin));
    }

    [Theory]
    [InlineData("", "has 0 bytes, fewer than the 8")]
    [InlineData("3C000000000000", "has 7 bytes, fewer than the 8")]
    [InlineData("3C00000000000000", "declares a header of 60 bytes, but only 0 follow")]
    [InlineData("FFFFFFFF00000000", "declares a header of 4,294,967,295 bytes, expected at most 100,000,000")]
    [InlineData("FFFFFFFFFFFFFFFF", "declares a header of 18,446,744,073,709,551,615 bytes, expected at most 100,000,000")]
    [InlineData("01000000000000007B", "the header is not valid safetensors JSON: Expected")]
    [InlineData("02000000000000007BFF", "has a header that is not UTF-8")]
    [InlineData("0000000000000000", "has a header that does not begin with {")]
    public void Read_KnownBadBytes_AreRefused(string hex, string expected) => AssertRefused(Convert.FromHexString(hex), expected);

    /// <summary>What people have instead: their headers would be of quintillions of bytes.</summary>
    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\n", "a pointer of Git LFS (git lfs pull gets the file itself)")]
    [InlineData("<!DOCTYPE html>", "a web page")]
    [InlineData("{ \"weights\": [] }", "JSON")]
    [InlineData("PK\u0003\u0004\u0014\0\0\0", "a zip archive, which PyTorch and Keras write")]
    [InlineData("\u0080\u0002\u008a\nl\u00fc\u009cF", "a pickled Python object, which PyTorch writes")]
    [InlineData("\u0089HDF\r\n\u001a\n", "an HDF5 file, which Keras writes")]
    [InlineData("\u0093NUMPY\u0001\0", "a NumPy array")]
    [InlineData("\b\n\u0012\u0007pytorch", "an ONNX model")]
    [InlineData("\u001f\u008b\b\0Zn\u00e9i\0\u0003", "a file compressed by gzip")]
    public void Read_FileOfAnotherProgram_IsNamed(string file, string name)
    {
        ModelFileException refused = Assert.Throws<ModelFileException>(() => SafeTensorsBytes.Read([.. Encoding.Latin1.GetBytes(file), .. new byte[8]]));

        Assert.Equal($"test: looks like {name}, expected safetensors; name a model such as a run's model.safetensors.", refused.Message);
    }

    [Theory]
    [InlineData("""{"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,4]}}""", 16, "has 4 bytes for tensor 'test', but I32 [2, 2] takes 16")]
    [InlineData("""{"test":{"dtype":"I32","shape":[2,18446744073709551614],"data_offsets":[0,16]}}""", 16, "must describe tensor 'test' by dtype")]
    [InlineData("""{"test":{"dtype":"I32","shape":[2,4611686018427387904],"data_offsets":[0,16]}}""", 16, "whose size exceeds")]
    [InlineData("""{"test":{"dtype":"I32","shape":[2,2],"data_offsets":[4,20]}}""", 20, "at [4, 20], expected to begin at 0")]
    [InlineData("""{"test":{"dtype":"I32","shape":[2,2],"data_offsets":[16,0]}}""", 16, "at [16, 0], expected to begin at 0")]
    [InlineData("""{"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}}""", 18, "has 18 bytes of data, but its tensors take 16")]
    [InlineData("""{"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}}""", 14, "has 14 bytes of data, but its tensors take 16")]
    [InlineData("""{"test":{"dtype":"X32","shape":[2,2],"data_offsets":[0,16]}}""", 16, "of unknown type X32")]
    [InlineData("""{"test":{"dtype":"I32","shape":[2.0,2],"data_offsets":[0,16]}}""", 16, "must describe tensor 'test' by dtype")]
    [InlineData("""{"test":{"dtype":"I32","shape":[2e0,2],"data_offsets":[0,16]}}""", 16, "must describe tensor 'test' by dtype")]
    [InlineData("""{"test":{"dtype":"I32","shape":[-2,-2],"data_offsets":[0,16]}}""", 16, "must describe tensor 'test' by dtype")]
    [InlineData("""{"test":{"dtype":"I32","shape":[4],"data_offsets":[-0,16]}}""", 16, "must describe tensor 'test' by dtype")]
    [InlineData("""{"test":{"dtype":"I32","shape":["2",2],"data_offsets":[0,16]}}""", 16, "must describe tensor 'test' by dtype")]
    [InlineData("""{"test":{"dtype":"I32","shape":4,"data_offsets":[0,16]}}""", 16, "must describe tensor 'test' by dtype")]
    [InlineData("""{"test":{"dtype":null,"shape":[4],"data_offsets":[0,16]}}""", 16, "must describe tensor 'test' by dtype")]
    [InlineData("""{"test":{"dtype":"I32","shape":[4],"data_offsets":[0,16,16]}}""", 16, "must describe tensor 'test' by dtype")]
    [InlineData("""{"test":{"dtype":"I32","shape":[4]}}""", 0, "must describe tensor 'test' by dtype")]
    [InlineData("""{"test":{"dtype":"I32","shape":[4],"data_offsets":[0,16],"more":1}}""", 16, "must describe tensor 'test' by dtype")]
    [InlineData("""{"test":5}""", 0, "must describe tensor 'test' by dtype")]
    [InlineData("""{"__metadata__":{"a":1}}""", 0, "has __metadata__ that is not a map of strings to strings")]
    [InlineData("""{"__metadata__":["a"]}""", 0, "has __metadata__ that is not a map of strings to strings")]
    [InlineData("""{"__metadata__":{"a":"b","\u0061":"c"}}""", 0, "the header is not valid safetensors JSON: ")]
    [InlineData("""{"a":{"dtype":"I8","dtype":"I8","shape":[0],"data_offsets":[0,0]}}""", 0, "the header is not valid safetensors JSON: ")]
    [InlineData("""{"__metadata__":{"a":"\ud800"}}""", 0, "the header is not valid safetensors JSON: ")]
    [InlineData("""{"__metadata__":{"\ud800":"a"}}""", 0, "the header is not valid safetensors JSON: ")]
    [InlineData("""{"\udc00":{"dtype":"I8","shape":[0],"data_offsets":[0,0]}}""", 0, "the header is not valid safetensors JSON: ")]
    [InlineData("""{"a":{"dtype":"\ud800","shape":[0],"data_offsets":[0,0]}}""", 0, "the header is not valid safetensors JSON: ")]
    [InlineData("""{"a":{"dtype":"I8","shape":[[0]],"data_offsets":[0,0]}}""", 0, "the header is not valid safetensors JSON: ")]
    [InlineData("""{} {}""", 0, "the header is not valid safetensors JSON: ")]
    [InlineData(""" {}""", 0, "has a header that does not begin with {")]
    [InlineData("""[]""", 0, "has a header that does not begin with {")]
    [InlineData("""{"a":1,}""", 0, "the header is not valid safetensors JSON: ")]
    public void Read_KnownBadHeader_IsRefused(string json, int data, string expected) => AssertRefused(SafeTensorsBytes.Of(json, data), expected);

    [Fact]
    public void Read_TenTensorsInOnePlace_AreRefused()
    {
        string[] tensors = [.. Enumerable.Range(0, 10).Select(n => $$"""  "t{{n}}":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}""")];

        AssertRefused(SafeTensorsBytes.Of($"{{{string.Join(',', tensors)}}}", 16), "has tensor 't1' at [0, 16], expected to begin at 16");
    }

    [Fact]
    public void Read_TensorTwice_IsRefused()
    {
        const string Tensor = """ "a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]} """;

        AssertRefused(SafeTensorsBytes.Of($"{{{Tensor},{Tensor}}}", 1), "the header is not valid safetensors JSON: ");
    }

    [Fact]
    public void Read_ByteOrderMark_IsRefused() =>
        AssertRefused(SafeTensorsBytes.Of([0xEF, 0xBB, 0xBF, .. "{}"u8], 0), "has a header that does not begin with {");

    [Fact]
    public void Read_DeepNesting_IsRefused() =>
        AssertRefused(SafeTensorsBytes.Of(string.Concat(Enumerable.Repeat("{\"a\":", 100_000)), 0), "the header is not valid safetensors JSON: ");

    private static void AssertRefused(byte[] file, string expected)
    {
        ModelFileException refused = Assert.Throws<ModelFileException>(() => SafeTensorsBytes.Read(file));

        Assert.StartsWith("test: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }
}
