using System.Globalization;

namespace ConvNN.Kernels.Tests;

public class GuardedMemoryTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(1023, false)]
    [InlineData(1024, false)]
    [InlineData(5000, false)]
    [InlineData(1, true)]
    [InlineData(5000, true)]
    public void Span_EitherEnd_TouchesAPageWithoutAccess(int length, bool guardFront)
    {
        Assert.SkipUnless(GuardedMemory<float>.IsGuarded, "Memory is guarded on Linux only.");
        using var memory = new GuardedMemory<float>(length, guardFront);
        memory.Span.Fill(1);                                     // all of it may be written

        nuint forbidden = guardFront ? memory.Address - 1 : memory.Address + ((nuint)length * sizeof(float));

        Assert.Equal("---p", PermissionsAt(forbidden));
        Assert.Equal("rw-p", PermissionsAt(memory.Address));
    }

    [Fact]
    public void Span_NoElements_IsEmpty()
    {
        using var memory = new GuardedMemory<byte>(0);

        Assert.True(memory.Span.IsEmpty, $"the span has {memory.Span.Length} elements, expected none.");
    }

    [Fact]
    public void Constructor_Values_CopiesThem()
    {
        byte[] values = [1, 2, 3];
        using var memory = new GuardedMemory<byte>(values);

        Assert.Equal(values, memory.Span.ToArray());
    }

    /// <summary>Lines of /proc/self/maps read "start-end permissions …", addresses in hexadecimal.</summary>
    private static string PermissionsAt(nuint address)
    {
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            string[] words = line.Split(' ', '-');
            if (address >= nuint.Parse(words[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                && address < nuint.Parse(words[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            {
                return line.Split(' ')[1];
            }
        }

        return "not mapped";
    }
}
