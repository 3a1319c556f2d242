using System.Buffers.Binary;
using System.Security.Cryptography;
using ConvNN.Kernels.Functions;

namespace ConvNN.Kernels.Tests.Functions;

/// <summary>
/// The bits themselves, as SHA-256 over the results for fixed arguments. They are the same on every machine and tier,
/// and part of every published hash of a run: a change here is a change of all of those.
/// </summary>
public class ElementaryBitsTests
{
    private const int Count = 4096;

    [Theory]
    [InlineData("Exp", "148ae09386852e2d25e4e78636f198a39f65be2b9b8046bc819223bf76f661b7")]
    [InlineData("Log", "858e3c2889d8c54d5cfd2d84390ad182323b1f18d1f734bb443db1910f9b8e5d")]
    [InlineData("Pow", "7ee07cd779d630b96387035776705caee611a25580382d3d506c43366c5b2357")]
    [InlineData("Sin", "0609cb9a1b1b1f6fe1bb4dcb07ba5919e4a6702db59679bdd11dfa0f499fe123")]
    [InlineData("Cos", "21705802067d3e8e3acbc763ccfcb08c9b1a342733433357bb3c44466c730b99")]
    [InlineData("Tanh", "f4c5189cf4445565a1c381fca2e1d8f0dc5169acf1413e687a13b5331248b22a")]
    public void DoubleFunction_FixedArguments_HasTheCommittedBits(string name, string expected)
    {
        Func<double, double> function = name switch
        {
            "Exp" => Elementary.Exp,
            "Log" => Elementary.Log,
            "Pow" => static x => Elementary.Pow(Math.Abs(x), 0.37) + Elementary.Pow(1.0009765625, x),
            "Sin" => Elementary.Sin,
            "Cos" => Elementary.Cos,
            _ => Elementary.Tanh,
        };

        var bytes = new byte[2 * Count * sizeof(double)];
        for (int i = 0; i < Count; i++)
        {
            // Bits all over the range, and a grid around zero.
            Write(bytes, 2 * i, function(BitConverter.UInt64BitsToDouble((ulong)i * 0x9E3779B97F4A7C15)));
            Write(bytes, (2 * i) + 1, function((i - (Count / 2)) / 64.0));
        }

        string actual = Convert.ToHexStringLower(SHA256.HashData(bytes));
        Assert.True(expected == actual, $"{name} of double: bits {actual}, expected {expected}.");
    }

    [Theory]
    [InlineData("Exp", "a6cdebdfc6b9d93ead28b4d4ce22d4360c4e85dda783ebe4277365837ea0b5fd")]
    [InlineData("Log", "b21767fa83ba26e8dfdd43c5a0e87888af2eb4238285897f89e70775b3c14eb2")]
    [InlineData("Tanh", "4ede2ed2eef6951dcd615258c671d85b32ebab235cd25c45445afc511ff824a0")]
    [InlineData("Erf", "d1509966978446eb1c6a52ac0525ad7267c9068b4bac946fb564cda495f6b51a")]
    [InlineData("ExpMinusOne", "1261067e87897db8bdd1c6b6fd9b2087e12eeb92173c83be34a30cb8f0368af1")]
    public void SingleFunction_FixedArguments_HasTheCommittedBits(string name, string expected)
    {
        Func<float, float> function = name switch
        {
            "Exp" => Elementary.Exp,
            "Log" => Elementary.Log,
            "Erf" => Elementary.Erf,
            "ExpMinusOne" => Elementary.ExpMinusOne,
            _ => Elementary.Tanh,
        };

        var bytes = new byte[2 * Count * sizeof(float)];
        for (int i = 0; i < Count; i++)
        {
            Write(bytes, 2 * i, function(BitConverter.UInt32BitsToSingle((uint)i * 0x9E3779B9)));
            Write(bytes, (2 * i) + 1, function((i - (Count / 2)) / 64f));
        }

        string actual = Convert.ToHexStringLower(SHA256.HashData(bytes));
        Assert.True(expected == actual, $"{name} of float: bits {actual}, expected {expected}.");
    }

    // Which NaN a NaN is, is not promised: all count as one.
    private static void Write(byte[] bytes, int index, double value) =>
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(index * sizeof(double)), double.IsNaN(value) ? -1 : BitConverter.DoubleToInt64Bits(value));

    private static void Write(byte[] bytes, int index, float value) =>
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(index * sizeof(float)), float.IsNaN(value) ? -1 : BitConverter.SingleToInt32Bits(value));
}
