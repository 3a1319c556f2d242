using ConvNN.Formats.SafeTensors;
using ConvNN.Formats.Tests.SafeTensors;

namespace ConvNN.Formats.Tests;

/// <summary>
/// Damages files in every way. The property: a file loads with the weights that were saved, or <see cref="ModelFileException"/>
/// is thrown, in bounded memory; never another exception.
/// </summary>
public class ModelFuzzTests
{
    private static readonly byte[] Good = TestModel.File();
    private static readonly float[] Weights = [.. TestModel.Weights(TestModel.Network()).Span];
    private static readonly int HeaderLength = (int)SafeTensorsBytes.Read(Good).DataStart;

    [Fact]
    public void Load_EveryTruncation_IsRefused()
    {
        for (int length = 0; length < Good.Length; length++)
        {
            Assert.False(Loads(Good[..length], $"{length} bytes"), $"{length} of {Good.Length} bytes were taken for a whole file.");
        }
    }

    [Fact]
    public void Load_AnyByteOfTheHeaderChanged_GivesTheSameWeightsOrIsRefused()
    {
        byte[] damaged = [.. Good];
        for (int position = 0; position < HeaderLength; position++)
        {
            // All values of the length; of the text the bits one by one and a few characters that mean something.
            IEnumerable<byte> values = position < 8
                ? Enumerable.Range(0, 256).Select(value => (byte)value)
                : [.. Enumerable.Range(0, 8).Select(bit => (byte)(Good[position] ^ (1 << bit))), .. "\"\\{}[],:-09e. \0"u8];
            foreach (byte value in values.Where(value => value != Good[position]))
            {
                damaged[position] = value;
                bool isLoaded = Loads(damaged, $"byte {position} is 0x{value:X2}");
                Assert.True(position >= 8 || !isLoaded, $"Byte {position} of the length changed to 0x{value:X2} was not noticed.");
            }

            damaged[position] = Good[position];
        }
    }

    [Fact]
    public void Load_AnyByteOfTheDataChanged_IsRefused()
    {
        byte[] damaged = [.. Good];
        for (int position = HeaderLength; position < Good.Length; position++)
        {
            damaged[position] ^= (byte)(1 << (position % 8));
            Assert.False(Loads(damaged, $"byte {position}"), $"A flip in byte {position} was not noticed.");
            damaged[position] = Good[position];
        }
    }

    [Fact]
    public void Load_RandomDamage_GivesTheSameWeightsOrIsRefused()
    {
        for (int seed = 0; seed < 3000; seed++)
        {
            _ = Loads(Damage(Good, new Random(seed)), $"seed {seed}");
        }
    }

    /// <summary>A header that any text at all may stand in: what comes of it is a header or the typed exception.</summary>
    [Fact]
    public void ReadHeader_RandomDamage_GivesTensorsThatCoverTheDataOrIsRefused()
    {
        int read = 0;
        for (int seed = 0; seed < 3000; seed++)
        {
            byte[] damaged = Damage(SafeTensorsBytes.Good, new Random(seed));
            try
            {
                SafeTensorsHeader header = SafeTensorsBytes.Read(damaged);
                Assert.Equal(damaged.Length - header.DataStart, header.Tensors.Sum(tensor => tensor.End - tensor.Begin));
                read++;
            }
            catch (ModelFileException)
            {
            }
        }

        Assert.True(read > 100, $"Only {read} files could be read: the damage leaves too little of the property to test.");
    }

    /// <summary>One to four of the things that happen to files.</summary>
    private static byte[] Damage(byte[] file, Random random)
    {
        List<byte> bytes = [.. file];
        for (int times = random.Next(1, 5); times > 0 && bytes.Count > 0; times--)
        {
            int position = random.Next(random.Next(4) == 0 ? bytes.Count : Math.Min(HeaderLength, bytes.Count));
            int length = Math.Min(random.Next(1, 9), bytes.Count - position);
            switch (random.Next(7))
            {
                case 0:
                    bytes[position] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[position] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes[position] = (byte)('0' + random.Next(10));
                    break;
                case 3:
                    bytes.RemoveRange(position, length);
                    break;
                case 4:
                    bytes.InsertRange(position, bytes.GetRange(position, length));
                    break;
                case 5:
                    bytes.Reverse(position, length);
                    break;
                default:
                    int from = random.Next(bytes.Count - length + 1);
                    List<byte> moved = bytes.GetRange(from, length);
                    bytes.RemoveRange(position, length);
                    bytes.InsertRange(position, moved);
                    break;
            }
        }

        return [.. bytes];
    }

    private static bool Loads(byte[] file, string damage)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool isLoaded = false;
        try
        {
            ModelFile model = ModelFile.Load(new MemoryStream(file), "fuzz");
            Assert.True(model.Weights.Span.SequenceEqual(Weights), $"{damage}: other weights were taken for good ones.");
            isLoaded = true;
        }
        catch (ModelFileException refused)
        {
            Assert.False(refused.Message.Any(char.IsControl), $"{damage}: the message is not one line: {refused.Message}");
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 4 << 20, $"{damage}: {allocated} bytes were allocated for a file of {file.Length}.");
        return isLoaded;
    }
}
