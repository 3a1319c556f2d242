namespace ConvNN.Training.Tests;

/// <summary>Tests that ask what the machine does: while no other test runs.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class MachineCollection
{
    public const string Name = "machine";
}
