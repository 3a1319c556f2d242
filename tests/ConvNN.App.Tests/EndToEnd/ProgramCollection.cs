namespace ConvNN.App.Tests.EndToEnd;

/// <summary>Tests that start the program: one at a time, since each wants all cores.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class ProgramCollection
{
    public const string Name = "program";
}
