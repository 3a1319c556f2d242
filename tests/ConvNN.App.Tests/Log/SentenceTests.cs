using ConvNN.App.Log.Events;

namespace ConvNN.App.Tests.Log;

public sealed class SentenceTests
{
    [Fact]
    public void Fields_KeysAndFormats_AreOfThePlaceholdersWithAKey()
    {
        (Sentence text, string name) = (Of($"step {1234:step|N0} of {"run"}, {0.125:share}, {1234.5:N1} MFLOP"), "run");

        Assert.Equal($"step 1,234 of {name}, 0.125, 1,234.5 MFLOP", text.ToString());
        Assert.Equal([new Field("step", 1234), new Field("share", 0.125)], text.Fields);

        static Sentence Of(Sentence sentence) => sentence;
    }
}
